/**
 * The mailbox as a person reads it: a list, and each mail in a sandboxed frame that can run nothing and load
 * nothing, but whose links open in a new tab. No script anywhere.
 */
import { escapeHtml } from '../escape-html.ts'
import type { Message } from './message.ts'

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  li { margin: .5rem 0 } ol { padding: 0; list-style: none }
  iframe { width: 100%; height: 32rem; border: 1px solid #8888; border-radius: .5rem; background: #fff }
  .quiet { opacity: .7 } pre { white-space: pre-wrap; overflow-wrap: anywhere }`

const layout = (title: string, body: string, head = ''): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style>${head}</head><body>${body}</body></html>`

export const listPage = (messages: readonly Message[]): string =>
  layout(
    'Mailbox',
    `<h1>Mailbox</h1>
<p class="quiet">Every mail of this suite arrives here; the page renews itself. As JSON: <a href="/api/messages">/api/messages</a></p>
${messages.length === 0 ? '<p>No mail yet.</p>' : `<ol>${messages.map(item).join('\n')}</ol>`}`,
    '<meta http-equiv="refresh" content="5">',
  )

const item = ({ id, to, subject, received_at }: Message): string =>
  `<li><a href="/messages/${id}">${escapeHtml(subject || '(no subject)')}</a><br>
<span class="quiet">to ${escapeHtml(to)} · <time>${received_at}</time></span></li>`

export const messagePage = (message: Message): string =>
  layout(
    message.subject,
    `<p><a href="/">← Mailbox</a></p><h1>${escapeHtml(message.subject || '(no subject)')}</h1>
<p class="quiet">from ${escapeHtml(message.from)} to ${escapeHtml(message.to)} · <time>${message.received_at}</time></p>
${message.html === '' ? '' : `<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/${message.id}/body"></iframe>`}
<h2>Text</h2><pre>${escapeHtml(message.text)}</pre>`,
  )

/** The mail's own HTML, for the frame alone; `base` sends its links to a new tab. */
export const bodyPage = ({ html }: Message): string => `<base target="_blank">${html}`
