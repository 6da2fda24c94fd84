/**
 * The pages that people see, whichever service shows them: how they look, what they are made of, which language they
 * speak, and which browser a form belongs to. What a page says and decides is its service's.
 */
export { type Brand, brandOf, pageBrandSettings } from './brand.ts'
export { type BrowserBinding, createBrowserBinding } from './browser-binding.ts'
export { accountName } from './components/account-name.ts'
export { checkbox, field } from './components/field.ts'
export { buttons, form } from './components/form.ts'
export { alert, done, facts, list, paragraph, ways } from './components/notice.ts'
export { type SectionEntry, sectionList } from './components/section-list.ts'
export type { Page } from './document.ts'
export { type Html, type HtmlValue, html } from './html.ts'
export { type Catalogues, chooseLocale, fill, type Locale, locales } from './locale.ts'
export { flowNotFound } from './problem-page.ts'
export { createUi, type SentPage, type Ui } from './ui.ts'
export type { Widget } from './widget.ts'
