/** A QR code as SVG: one path, dark on light whatever the colours of the page, since cameras need it so. @see ISO/IEC 18004 */
import { encode } from 'uqr'

export interface QrCode {
  /** Modules along one side, the quiet zone included. */
  readonly size: number
  /** The dark modules, each one unit. */
  readonly path: string
}

// What the standard asks for around the code.
const quietModules = 4

export const toQrCode = (text: string): QrCode => {
  const { size, data } = encode(text, { ecc: 'M', border: quietModules })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: dark.join('') }
}

/** A document of its own, for who embeds it as a picture. */
export const qrSvg = ({ size, path }: QrCode): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>`
