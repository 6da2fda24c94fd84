/** The QR code of an authenticator app's secret, in the page itself: no request leaves with it. */
import { type Html, html } from '@latchkey/ui'
import { toQrCode } from '../../domain/qr-code.ts'
import type { TotpSecret } from '../../usecases/enrol-totp.ts'

const groupsOfFour = (secret: string): string => (secret.match(/.{1,4}/g) ?? []).join(' ')

export interface AppSecretWords {
  readonly scan: string
  readonly picture: string
  readonly type: string
}

export const appSecret = ({ secret, uri }: TotpSecret, words: AppSecretWords): Html => {
  const { size, path } = toQrCode(uri)
  return html`<p>${words.scan}</p>
<svg class="qr" role="img" aria-label="${words.picture}" viewBox="0 0 ${size} ${size}" width="224" height="224" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>
<p>${words.type}<br><a href="${uri}"><code>${groupsOfFour(secret)}</code></a></p>`
}
