import { callApi } from './call-api.ts'

const { LATCHKEY_ISSUER = 'http://localhost:8080', API_URL = 'http://localhost:3002' } = process.env

const isAway = (error: unknown): boolean =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause

try {
  console.log(await callApi({ issuer: new URL(LATCHKEY_ISSUER), api: new URL(API_URL) }))
} catch (error) {
  if (!isAway(error)) throw error
  console.error(`Nothing answers at ${API_URL}: npm run example resource-server, in another terminal.`)
  process.exitCode = 1
}
