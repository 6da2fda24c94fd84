/** The sign-in page of the demo provider. It looks like nobody's, so that nobody takes it for one of Latchkey's. */
import { escapeHtml } from '../escape-html.ts'
import { upstreamUser } from './setup.ts'

export const signInPage = (action: string): string => `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<title>Demo provider</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; background: #fbf7ee; color: #1c1917 }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem }
input:not([type=checkbox]) { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid #78716c; border-radius: .25rem }
.check label { display: inline; font-weight: 400; margin-left: .5rem }
button { min-height: 2.75rem; padding: .5rem 1.25rem; font: inherit; margin: 1rem .5rem 0 0; border: 1px solid #44403c; border-radius: .25rem; background: #fff }
button[value=allow] { background: #44403c; color: #fff }
</style>
</head>
<body>
<main>
<h1>Demo provider</h1>
<p>An OpenID Connect server of its own, for trying out. Be whoever you like: whoever has the same address is the same person.</p>
<form method="post" action="${escapeHtml(action)}">
<label for="email">Email address (may be empty)</label>
<input type="email" id="email" name="email" value="${upstreamUser.email}" autocomplete="off">
<p class="check"><input type="checkbox" id="email_verified" name="email_verified" value="true" checked><label for="email_verified">This provider has verified it</label></p>
<label for="name">Name</label>
<input type="text" id="name" name="name" value="${upstreamUser.name}" autocomplete="off">
<button type="submit" name="decision" value="allow">Sign in</button>
<button type="submit" name="decision" value="deny">Cancel</button>
</form>
</main>
</body>
</html>
`
