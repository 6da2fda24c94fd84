/** What sign-ins rest on (ADR 7), as part of a statement: it is read with the proof, never after it. */

/** @param userId an expression of SQL, such as a column */
export const credentialVersionOf = (userId: string): string => `
  coalesce((SELECT c.version FROM password_credentials c WHERE c.user_id = ${userId}),
           (SELECT u.former_credential_version FROM users u WHERE u.id = ${userId}))`
