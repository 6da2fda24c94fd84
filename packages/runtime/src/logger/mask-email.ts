/** Email addresses in logs keep their first character and their domain: enough to follow one, too little to mail it. */

// The last label is a word: `router@2.3.0` in a stack trace is no address.
const address = /([^\s@<>"'(),:;=/[\]\\]+)@((?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}\p{N}-]+)/gu

/** `john@example.com` → `j***@example.com`; text without an address comes back as it is. */
export const maskEmails = (text: string): string =>
  text.includes('@') ? text.replace(address, (_, local: string, domain: string) => mask(local, domain)) : text

/** The same for a value that is meant to be an address; what is not one is hidden whole. */
export const maskEmail = (email: string): string => {
  const at = email.lastIndexOf('@')
  return at < 1 ? '***' : mask(email.slice(0, at), email.slice(at + 1))
}

const mask = (local: string, domain: string): string => `${[...local][0] ?? ''}***@${domain}`
