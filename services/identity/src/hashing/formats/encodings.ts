/** How hashes write bytes. Strict: what does not decode to the same text was cut or typed wrongly. */

const decode = (text: string, encoding: 'base64' | 'hex'): Buffer | undefined => {
  const bytes = Buffer.from(text, encoding)
  const plain = encoding === 'base64' ? text.replace(/=+$/, '') : text.toLowerCase()
  const again = encoding === 'base64' ? unpadded(bytes) : bytes.toString('hex')
  return again === plain ? bytes : undefined
}

/** Base64 with or without padding; a `.` is a `+`, as passlib writes it. */
export const fromBase64 = (text: string): Buffer | undefined => decode(text.replaceAll('.', '+'), 'base64')

export const fromHex = (text: string): Buffer | undefined => decode(text, 'hex')

/** @see the PHC string format: base64 without padding */
export const unpadded = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replace(/=+$/, '')

const crypt64 = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A number as crypt(3) writes it: six bits a character, the lowest first. */
export const numberFromCrypt64 = (text: string): number =>
  [...text].reduce((sum, character, index) => sum + crypt64.indexOf(character) * 64 ** index, 0)

/** Three bytes are four characters, the lowest bits first. */
export const fromCrypt64 = (text: string): Buffer => {
  const bytes: number[] = []
  for (let at = 0; at < text.length; at += 4) {
    const group = text.slice(at, at + 4)
    const value = numberFromCrypt64(group)
    for (let index = 0; index < Math.floor((group.length * 6) / 8); index += 1)
      bytes.push(Math.floor(value / 256 ** index) % 256)
  }
  return Buffer.from(bytes)
}
