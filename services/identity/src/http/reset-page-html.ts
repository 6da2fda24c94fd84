/** The words and the markup of the reset page. Whatever comes from outside is escaped. */
import type { Violation } from '../domain/violation.ts'

export const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #f4f4f6; margin: 0 }
  main { max-width: 26rem; margin: 10vh auto; padding: 2rem; background: #fff; border-radius: .5rem }
  h1 { font-size: 1.4rem; margin-top: 0 }
  label { display: block; font-weight: 600 }
  input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; margin: .25rem 0 1rem; border: 1px solid #6b6b76; border-radius: .25rem }
  button { font: inherit; font-weight: 600; color: #fff; background: #2b4acb; border: 0; border-radius: .25rem; padding: .6rem 1.2rem }
  :focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px }
  [role=alert] { color: #a30f22 }
`

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, character => `&#${character.codePointAt(0)};`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`

export const renderNotice = ({ title, text }: { title: string; text: string }): string =>
  page(title, `<p>${escapeHtml(text)}</p>`)

export interface ResetForm {
  readonly token: string
  readonly violations: readonly Violation[]
}

export const renderForm = ({ token, violations }: ResetForm): string => {
  const items = violations.map(({ message }) => `<li>It ${escapeHtml(message)}.</li>`).join('')
  const alert =
    items === ''
      ? ''
      : `<div role="alert" id="problems"><p>This password can't be used:</p><ul>${items}</ul></div>`
  const described = items === '' ? '' : ' aria-invalid="true" aria-describedby="problems"'
  return page(
    'Choose a new password',
    `${alert}
<form method="post" action="/reset-password">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<label for="new_password">New password</label>
<input type="password" id="new_password" name="new_password" autocomplete="new-password" required autofocus${described}>
<button type="submit">Change password</button>
</form>`,
  )
}
