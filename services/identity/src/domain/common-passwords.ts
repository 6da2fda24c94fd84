/**
 * Passwords that everybody tries first. The whole password is compared, as SP 800-63B-4 §3.1.1.2 asks, in lower
 * case and compatibility form: `PASSWORD1!` and full-width letters are no hiding place.
 */

export interface CommonPasswords {
  has(password: string): boolean
}

/** Takes one password a line. */
export const parseCommonPasswords = (text: string): CommonPasswords => {
  const known = new Set(text.split('\n').map(fold))
  known.delete('')
  return { has: password => known.has(fold(password)) }
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()
