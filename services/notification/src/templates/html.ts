/**
 * A letter as HTML for mail clients: one column, styles inline, a table where Outlook needs one, nothing from
 * elsewhere (no image, font, style sheet or pixel). Every word is escaped; no client is asked to run anything.
 */
import { type Brand, readableOn } from '@latchkey/ui/brand'
import type { Letter } from './letter.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => entities[character] ?? character)

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

const paragraph = (text: string): string =>
  `<p style="margin:0 0 16px;font-size:16px;line-height:24px">${escapeHtml(text)}</p>`

const note = (text: string): string =>
  `<p style="margin:0 0 12px;font-size:14px;line-height:21px;color:#4b5563" class="quiet">${escapeHtml(text)}</p>`

const button = ({ label, url, fallback }: NonNullable<Letter['action']>, brand: Brand): string => `
<p style="margin:24px 0"><a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 24px;border-radius:6px;background-color:${brand.color};color:${readableOn(brand.color)};font-size:16px;line-height:24px;font-weight:600;text-decoration:none">${escapeHtml(label)}</a></p>
${note(fallback)}
<p style="margin:0 0 24px;font-size:14px;line-height:21px;word-break:break-all"><a href="${escapeHtml(url)}" style="color:inherit">${escapeHtml(url)}</a></p>`

// Apart from the words around it, so that it is easily read, selected and typed.
const typed = ({ label, text }: NonNullable<Letter['code']>): string => `
${paragraph(label)}
<p style="margin:0 0 24px;font-size:28px;line-height:36px;font-weight:700;letter-spacing:4px;font-family:ui-monospace,Consolas,monospace">${escapeHtml(text)}</p>`

// Clients that know `color-scheme` get a dark version; the others show the light one as it stands.
const darkMode = `@media (prefers-color-scheme:dark){.page{background-color:#111827!important}.card{background-color:#1f2937!important;color:#f9fafb!important}.quiet{color:#d1d5db!important}}`

export const renderHtml = (letter: Letter, brand: Brand): string => `<!DOCTYPE html>
<html lang="${letter.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(letter.subject)}</title>
<style>${darkMode}</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f4f6">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" class="page" style="background-color:#f3f4f6">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;text-align:left;${font}">
<tr><td class="quiet" style="padding:0 0 16px;font-size:16px;line-height:24px;font-weight:600;color:#4b5563">${escapeHtml(brand.name)}</td></tr>
<tr><td class="card" style="padding:32px 24px 20px;border-radius:8px;background-color:#ffffff;color:#111827">
<h1 style="margin:0 0 16px;font-size:22px;line-height:30px;font-weight:700">${escapeHtml(letter.heading)}</h1>
${letter.paragraphs.map(paragraph).join('\n')}${letter.action === undefined ? '' : button(letter.action, brand)}${letter.code === undefined ? '' : typed(letter.code)}
${letter.notes.map(note).join('\n')}
</td></tr>
<tr><td class="quiet" style="padding:16px 0 0;font-size:13px;line-height:20px;color:#4b5563">${escapeHtml(letter.footer)}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
