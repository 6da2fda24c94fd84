import { createApp } from './app.ts'

const { LATCHKEY_ISSUER: issuer = 'http://localhost:8080', PORT = '3002' } = process.env
const audience = `http://localhost:${PORT}`

createApp({ issuer, audience }).listen(Number(PORT), '127.0.0.1', error => {
  if (error) throw error
  console.log(`The API is at ${audience}: /orders, /payments. It accepts tokens of ${issuer}.`)
})
