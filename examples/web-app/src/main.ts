import { createApp } from './app.ts'

const { LATCHKEY_ISSUER = 'http://localhost:8080', PORT = '3001' } = process.env
const origin = `http://localhost:${PORT}`

const app = await createApp({ issuer: new URL(LATCHKEY_ISSUER), origin })
app.listen(Number(PORT), '127.0.0.1', error => {
  if (error) throw error
  console.log(`The web app is at ${origin}/. Its users sign in at ${LATCHKEY_ISSUER}.`)
})
