/**
 * One mail address and nothing else. What SMTP or a header would read as more than that (a second address, a
 * display name, a line break) is no recipient, so nothing can be injected through it.
 */

// RFC 5321 §4.5.3.1: 64 octets before the @, 254 in all (its errata 1690).
const maxLocalBytes = 64
const maxBytes = 254

// RFC 5322 §3.2.3 dot-atom, with the letters of other alphabets that RFC 6531 adds. Quoted local parts are
// legal and used by nobody but attackers.
const local = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const label = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?$/u

/** True for a single address such as `ada@example.com`; domains of one label (`localhost`) are allowed. */
export const isRecipient = (text: string): boolean => {
  const at = text.lastIndexOf('@')
  const [name, domain] = [text.slice(0, at), text.slice(at + 1)]
  return (
    at > 0 &&
    Buffer.byteLength(text) <= maxBytes &&
    Buffer.byteLength(name) <= maxLocalBytes &&
    local.test(name) &&
    domain.split('.').every(part => label.test(part))
  )
}
