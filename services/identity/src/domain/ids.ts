/** The identifiers that identity hands around, each a type of its own. */
import type { Brand } from '@latchkey/runtime/ids'

export type UserId = Brand<string, 'UserId'>
export type SessionId = Brand<string, 'SessionId'>
/** SHA-256 of a device cookie, hex. */
export type DeviceHash = Brand<string, 'DeviceHash'>
/** SHA-256 of a reset token, hex. */
export type ResetTokenHash = Brand<string, 'ResetTokenHash'>
/** SHA-256 of the token of a "this wasn't me" link, hex. */
export type NotMeTokenHash = Brand<string, 'NotMeTokenHash'>
export type PasskeyId = Brand<string, 'PasskeyId'>
/** SHA-256 of a challenge that was given to a browser or program for a passkey, hex. */
export type PasskeyChallengeHash = Brand<string, 'PasskeyChallengeHash'>
export type FactorId = Brand<string, 'FactorId'>
/** SHA-256 of a recovery code, hex. */
export type RecoveryCodeHash = Brand<string, 'RecoveryCodeHash'>
/** SHA-256 of what names a sign-in that waits for a second factor, hex. */
export type ChallengeHash = Brand<string, 'ChallengeHash'>
export type EmailProofId = Brand<string, 'EmailProofId'>
/** SHA-256 of the token of a mail's link, hex. */
export type ProofTokenHash = Brand<string, 'ProofTokenHash'>
/** HMAC-SHA-256 of the code of a mail, hex. */
export type CodeHash = Brand<string, 'CodeHash'>
/** SHA-256 of a browser's cookie, hex. */
export type BrowserHash = Brand<string, 'BrowserHash'>
export type EmailChangeId = Brand<string, 'EmailChangeId'>
export type OrganizationId = Brand<string, 'OrganizationId'>
/** SHA-256 of the token of an invitation, hex. */
export type InvitationTokenHash = Brand<string, 'InvitationTokenHash'>
