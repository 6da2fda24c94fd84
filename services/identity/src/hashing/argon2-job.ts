/** What travels between the pool and its threads. */
import type { Argon2Parameters } from './argon2-parameters.ts'

export type Argon2Job =
  | { readonly kind: 'hash'; readonly password: string; readonly parameters: Argon2Parameters }
  | { readonly kind: 'verify'; readonly password: string; readonly passwordHash: string }

/** A PHC string, or whether the password is right. */
export type Argon2Result = string | boolean

export type Argon2Answer = { readonly result: Argon2Result } | { readonly failure: string }
