/** The one page of the app. */
import type { SignedIn } from './sessions.ts'

const escapeHtml = (text: string) =>
  text.replaceAll(/[&<>"']/g, character => `&#${character.codePointAt(0)};`)

const button = (path: string, label: string) =>
  `<form method="post" action="${path}"><button>${label}</button></form>`

const profile = ({ name, email, renewals, refreshToken }: SignedIn) => `
  <p>Signed in as <strong id="name">${escapeHtml(name)}</strong> &lt;<span id="email">${escapeHtml(email)}</span>&gt;,
    tokens renewed <span id="renewals">${renewals}</span> times.</p>
  ${refreshToken === undefined ? '' : button('/refresh', 'Renew the tokens')}
  ${button('/logout', 'Sign out')}`

export const page = (signedIn: SignedIn | undefined, problem = '') => `<!doctype html>
<html lang="en">
<meta name="viewport" content="width=device-width">
<title>Example web app</title>
<h1>Example web app</h1>
<p role="alert">${escapeHtml(problem)}</p>
${signedIn === undefined ? '<p><a href="/login">Sign in</a></p>' : profile(signedIn)}
</html>`
