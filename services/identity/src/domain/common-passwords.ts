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
  return { has: password => password.length <= longestLookedUp && known.has(fold(password)) }
}

// Nothing in the list is longer in any spelling, and folding long text can be made to cost much (`normal-form.ts`).
const longestLookedUp = 1_024

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()
