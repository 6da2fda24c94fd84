/** Secrets that can be told from everything else, to be sent where they belong and where they do not. */
import { randomBytes } from 'node:crypto'
import { aPerson } from './person.ts'

export const planted = (): string => `Pl4nted!${randomBytes(9).toString('hex')}`

export const plantSecrets = () => {
  const passwords = {
    'first password': planted(),
    'changed password': planted(),
    'reset password': planted(),
    'refused password 1': `only-letters-${randomBytes(9).toString('hex').replaceAll(/\d/g, 'x')}`,
    'guessed password': planted(),
    'password of an unknown address': planted(),
    'password mistyped into a page': planted(),
    'password chosen on a page': planted(),
    'password in a query string': planted(),
    'password in broken JSON': planted(),
    'password in the wrong content type': planted(),
    'password in a member that is none': planted(),
    'password in Basic': planted(),
    'password while a service is away': planted(),
  }
  const madeUp = {
    'bearer that is none': planted(),
    'refresh token that is none': `lkr_${randomBytes(32).toString('base64url')}`,
    'reset token that is none': randomBytes(32).toString('base64url'),
    'token in a path': randomBytes(32).toString('base64url'),
    'cookie of another': planted(),
  }
  const person = aPerson({ password: passwords['first password'], name: 'Canary Bird' })
  const email = { 'address of the user': person.email, 'address of nobody': aPerson().email }
  return { passwords, madeUp, person, email }
}

export type PlantedSecrets = ReturnType<typeof plantSecrets>
