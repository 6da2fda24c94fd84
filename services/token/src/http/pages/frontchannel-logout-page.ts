/**
 * What came of a logout, with a frame for each application that ends its own session by it, and on from there.
 * @see OpenID Connect Front-Channel Logout 1.0 §3
 */
import { html, type Locale, type SentPage } from '@latchkey/ui'
import { type LoggedOutPage, loggedOutPage } from './logout-pages.ts'

export interface FrontchannelLogoutPage {
  readonly locale: Locale
  /** What frames load. */
  readonly frameUrls: readonly string[]
  readonly back: LoggedOutPage['back']
}

// As soon as every frame has come, and for no application longer than this.
const goOn = `const go = () => location.replace(document.querySelector('.ways a').href)
addEventListener('load', go)
setTimeout(go, 5000)`

// It can neither be seen nor take the page away; it has its origin's cookies as far as the browser sends them.
const frame = (url: string) =>
  html`\n<iframe src="${url}" hidden sandbox="allow-scripts allow-same-origin allow-forms" referrerpolicy="no-referrer"></iframe>`

/** Without JavaScript there is a link to follow. */
export const frontchannelLogoutPage = ({ locale, frameUrls, back }: FrontchannelLogoutPage): SentPage => {
  const page = loggedOutPage({ locale, back })
  return {
    ...page,
    body: [page.body, frameUrls.map(frame)],
    inlineScript: back && goOn,
    frames: frameUrls.map(url => new URL(url).origin),
  }
}
