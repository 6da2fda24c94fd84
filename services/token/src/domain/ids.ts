/** The identifiers that this service keeps apart. */
import type { Brand } from '@latchkey/runtime/ids'

export type UserId = Brand<string, 'UserId'>
export type SessionId = Brand<string, 'SessionId'>
/** Of what a user granted to a client at one time; its refresh family has the same id. */
export type GrantId = Brand<string, 'GrantId'>
export type OrganizationId = Brand<string, 'OrganizationId'>
/** Text, case-sensitive. */
export type ClientId = Brand<string, 'ClientId'>
