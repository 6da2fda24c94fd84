/** Email addresses in logs keep their first character and their domain: enough to follow one, too little to mail it. */

// The last label is a word: `router@2.3.0` in a stack trace is no address.
const address = /([^\s@<>"'(),:;=/[\]\\]+)@((?:[\p{L}\p{N}-]+\.)+\p{L}[\p{L}\p{N}-]+)/gu

/** `john@example.com` → `j***@example.com`; text without an address comes back as it is. */
export const maskEmails = (text: string): string =>
  text.includes('@')
    ? text.replace(address, (_, local: string, domain: string) => `${[...local][0] ?? ''}***@${domain}`)
    : text
