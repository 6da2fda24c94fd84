/** Forms of pages as browsers without JavaScript read them; for pages that have one. */

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
