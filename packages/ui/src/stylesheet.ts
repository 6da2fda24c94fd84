/**
 * The one stylesheet of all pages: light and dark, from 320 px on, nothing from elsewhere. Text has at least 4.5:1, the
 * edges of fields 3:1; what can be pressed is 44 px high; the focus is always to be seen; nothing moves.
 *
 * @see WCAG 2.2 §1.4.3, §1.4.10, §1.4.11, §2.4.7, §2.5.8
 */
import { legibleOn, readableOn } from './contrast.ts'

const paper = { light: '#ffffff', dark: '#1c2027' }

const accentOn = (background: string, color: string): string => {
  const accent = legibleOn(background, color)
  return `--accent: ${accent}; --on-accent: ${readableOn(accent)}`
}

export const createStylesheet = (brandColor: string): string => `
:root { color-scheme: light dark; --ink: #14171c; --quiet: #535b66; --paper: ${paper.light}; --around: #f1f3f6; --line: #767f8c; --rule: #dfe3e8; --alarm: #a81124; --alarm-paper: #fdf0f1; --good: #0b6a3b; ${accentOn(paper.light, brandColor)} }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef1; --quiet: #a9b2be; --paper: ${paper.dark}; --around: #11141a; --line: #808b99; --rule: #343b46; --alarm: #ff9ba4; --alarm-paper: #3a1c22; --good: #6cd69b; ${accentOn(paper.dark, brandColor)} }
}
*, ::before, ::after { box-sizing: border-box }
html { font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; color: var(--ink); background: var(--around); overflow-wrap: anywhere }
body { margin: 0; min-height: 100vh; padding: 2rem 1rem; display: grid; grid-template-columns: minmax(0, 27rem); align-content: center; justify-content: center; gap: 1.25rem }
header { text-align: center; font-size: 1.125rem; font-weight: 650 }
header img { display: block; margin: 0 auto; max-width: 100%; max-height: 3.5rem }
main { background: var(--paper); padding: 2.25rem 2rem; border: 1px solid var(--rule); border-radius: .875rem }
h1 { font-size: 1.5rem; line-height: 1.3; font-weight: 650; margin: 0 0 .5rem; text-wrap: balance }
h2 { font-size: 1.0625rem; line-height: 1.4; margin: 1.5rem 0 .5rem }
p { margin: 0 0 1rem }
a { color: var(--accent); text-underline-offset: .18em }
form, fieldset { margin: 1.5rem 0 0; padding: 0; border: 0 }
main > :last-child { margin-bottom: 0 }
label, legend { font-weight: 600 }
.field { margin: 0 0 1.25rem }
.field label { display: block; margin-bottom: .375rem }
input:not([type=checkbox]) { width: 100%; min-height: 2.75rem; font: inherit; color: inherit; background: transparent; padding: .5rem .75rem; border: 1px solid var(--line); border-radius: .5rem }
input[aria-invalid] { border: 2px solid var(--alarm) }
.code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .06em }
.hint, .quiet { color: var(--quiet); font-size: .9375rem }
.hint { margin: .375rem 0 0 }
.error { color: var(--alarm); font-size: .9375rem; margin: .375rem 0 0; padding: 0; list-style: none }
.check { display: flex; gap: .625rem; align-items: center; min-height: 2.75rem; margin: -.5rem 0 .75rem; font-weight: 400 }
.check label { font-weight: 400 }
.check input { width: 1.25rem; height: 1.25rem; margin: 0; flex: none; accent-color: var(--accent) }
.challenge { min-height: 4.0625rem; margin: 1.25rem 0 0; overflow-x: auto }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 0 }
button, a.button { flex: 1 1 9rem; min-height: 2.75rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: .5rem; padding: .55rem 1.25rem; cursor: pointer }
button:hover, a.button:hover { text-decoration: underline }
button.other, a.other { color: var(--ink); background: transparent; border-color: var(--line) }
.or { display: flex; align-items: center; gap: .75rem; margin: 1.5rem 0 1rem; color: var(--quiet) }
.or::before, .or::after { content: ''; flex: 1; border-top: 1px solid var(--rule) }
.providers { display: flex; flex-direction: column; gap: .75rem }
.providers a { flex: none }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.alert { color: var(--alarm); background: var(--alarm-paper); border-inline-start: 4px solid; border-radius: .375rem; padding: .75rem 1rem; margin: 1rem 0 0 }
.alert p, .alert ul { margin: 0 }
.alert p { font-weight: 600 }
.alert ul { padding-inline-start: 1.125rem }
.done { color: var(--good); border-inline-start: 4px solid; padding-inline-start: 1rem; margin: 1rem 0 }
.items { margin: 1rem 0; padding: 0; list-style: none; border: 1px solid var(--rule); border-radius: .5rem }
.items > li { padding: .75rem 1rem }
.items > li + li { border-top: 1px solid var(--rule) }
.items .quiet { display: block }
dl { margin: 1rem 0 0; display: grid; grid-template-columns: minmax(0, auto) minmax(0, 1fr); gap: .25rem 1rem; font-size: .875rem; color: var(--quiet) }
dd { margin: 0 }
.ways { margin: 1.5rem 0 0; padding: 1rem 0 0; list-style: none; border-top: 1px solid var(--rule); font-size: .9375rem }
.ways a { display: inline-block; padding: .25rem 0 }
nav ul { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: .25rem }
nav a { display: block; min-height: 2.75rem; padding: .625rem .875rem; border-radius: .5rem; color: var(--ink); text-decoration: none }
nav a:hover { text-decoration: underline }
nav a[aria-current] { font-weight: 600; background: var(--paper); box-shadow: inset 0 0 0 1px var(--rule), inset 0 -3px var(--accent) }
.items form, .items .buttons { margin: .5rem 0 0 }
.items button { flex: 0 1 auto }
@media (min-width: 52rem) {
  .wide { grid-template-columns: 12rem minmax(0, 34rem); align-content: start; align-items: start; padding-block: 3rem }
  .wide header { grid-column: 1 / -1; text-align: start }
  .wide nav ul { flex-direction: column }
}
@media (max-width: 30rem) {
  nav a[aria-current] { background: var(--around) }
  html { background: var(--paper) }
  body { align-content: start; padding: 1.5rem 1.125rem }
  main { padding: .5rem 0 0; border: 0; border-radius: 0; background: none }
  header { text-align: start }
  header img { margin: 0 }
}
`
