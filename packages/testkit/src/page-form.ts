/** Forms of pages as browsers without JavaScript read them. */

const decodeEntities = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

const attributeOf = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : decodeEntities(value)
}

/** The form of a page that posts to `action`, or the first one. */
export const formOf = (html: string, action?: string): string => {
  const forms = [...html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => form)
  const found = action === undefined ? forms[0] : forms.find(form => formActionOf(form) === action)
  if (found === undefined && action !== undefined) throw new Error(`no form of the page posts to ${action}`)
  return found ?? html
}

/** What a browser sends along with what was typed. */
export const hiddenFieldsOf = (html: string): Record<string, string> =>
  Object.fromEntries(
    [...html.matchAll(/<input[^>]*\stype="hidden"[^>]*>/g)].map(([input]) => [
      attributeOf(input, 'name') ?? '',
      attributeOf(input, 'value') ?? '',
    ]),
  )

/** Where the form is sent; undefined where it names no address, which means the page's own. */
export const formActionOf = (html: string): string | undefined =>
  attributeOf(/<form[^>]*>/.exec(html)?.[0] ?? '', 'action')
