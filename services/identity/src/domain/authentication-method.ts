/**
 * How somebody proved who they are, as tokens say it (`amr`).
 *
 * @see RFC 8176 §2; `fed`, a sign-in at another provider, is not registered there but is what others write for it
 */
export type AuthenticationMethod = 'pwd' | 'otp' | 'hwk' | 'swk' | 'user' | 'mfa' | 'fed'
