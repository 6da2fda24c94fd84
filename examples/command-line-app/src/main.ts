import { signIn } from './sign-in.ts'

const { LATCHKEY_ISSUER = 'http://localhost:8080' } = process.env

const user = await signIn({ issuer: new URL(LATCHKEY_ISSUER), say: line => console.log(line) })
console.log(`Signed in as ${user.name} <${user.email}>`)
