/**
 * The words and the markup of the reset page. Whatever comes from outside is escaped. Links are relative: PUBLIC_URL may
 * have a path.
 */
import type { Violation } from '../domain/violation.ts'

export const style = `
  :root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --around: #f4f4f6; --line: #6b6b76; --accent: #2b4acb; --on-accent: #fff; --alarm: #a30f22 }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #ededf0; --paper: #1f1f24; --around: #131316; --line: #8c8c98; --accent: #9db2ff; --on-accent: #10152b; --alarm: #ff9aa6 }
  }
  body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--around); margin: 0 }
  main { box-sizing: border-box; width: min(26rem, 100% - 2rem); margin: min(12vh, 6rem) auto 2rem; padding: 2rem; background: var(--paper); border-radius: .75rem }
  h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 1.25rem }
  p { margin: 0 0 1rem }
  label { display: block; font-weight: 600 }
  input { box-sizing: border-box; width: 100%; font: inherit; color: inherit; background: transparent; padding: .6rem .75rem; margin: .25rem 0 1.25rem; border: 1px solid var(--line); border-radius: .375rem }
  button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: .375rem; padding: .65rem 1.25rem; cursor: pointer }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
  [role=alert] { color: var(--alarm); border-inline-start: 4px solid; padding-inline-start: 1rem; margin-bottom: 1.25rem }
  [role=alert] p { font-weight: 600; margin: 0 0 .25rem }
  [role=alert] ul { margin: 0; padding-inline-start: 1.25rem }
  p:last-child { margin-bottom: 0 }
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
<form method="post" action="reset-password">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<label for="new_password">New password</label>
<input type="password" id="new_password" name="new_password" autocomplete="new-password" required autofocus${described}>
<button type="submit">Change password</button>
</form>`,
  )
}
