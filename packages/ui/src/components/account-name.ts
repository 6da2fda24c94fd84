/** Whose password a form is about, for password managers. @see https://www.chromium.org/developers/design-documents/create-amazing-password-forms */
import { type Html, html } from '../html.ts'

/** Beside a password where no address is asked for. It has no name, so that nothing of it is sent, and nobody sees it. */
export const accountName = (email: string): Html =>
  html`<input type="text" value="${email}" autocomplete="username" readonly hidden>`
