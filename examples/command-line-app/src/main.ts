import { ResponseBodyError } from 'openid-client'
import { signIn } from './sign-in.ts'

const { LATCHKEY_ISSUER = 'http://localhost:8080' } = process.env

try {
  const user = await signIn({ issuer: new URL(LATCHKEY_ISSUER), say: line => console.log(line) })
  console.log(`Signed in as ${user.name} <${user.email}>`)
} catch (error) {
  if (!(error instanceof ResponseBodyError)) throw error
  // Its user said no, or nobody said anything in time.
  console.error(`Not signed in: ${error.error}`)
  process.exitCode = 1
}
