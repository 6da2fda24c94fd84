/** Sign-in by a mail, where the operator wants it: what its mails hold. */
export const emailSignInModes = ['off', 'code', 'link', 'both'] as const
export type EmailSignInMode = (typeof emailSignInModes)[number]

/** What a mail of this mode may be answered with. */
export const hasCode = (mode: EmailSignInMode): boolean => mode === 'code' || mode === 'both'
export const hasLink = (mode: EmailSignInMode): boolean => mode === 'link' || mode === 'both'

/** Link and code alike. @see ASVS 6.5.5 */
export const emailSignInSeconds = 600
