import { callApi } from './call-api.ts'

const { LATCHKEY_ISSUER = 'http://localhost:8080', API_URL = 'http://localhost:3002' } = process.env

console.log(await callApi({ issuer: new URL(LATCHKEY_ISSUER), api: new URL(API_URL) }))
