/**
 * A label that people know their device by, from its user agent: `Safari on iPhone`, `curl`. First match wins;
 * browsers name those they descend from, so the narrower names come first. A label only: nothing is decided by it.
 */

type Rules = readonly (readonly [pattern: RegExp, name: string])[]

const browsers: Rules = [
  [/\b(?:Edg|EdgA|EdgiOS|Edge)\//, 'Edge'],
  [/\b(?:OPR|OPT|Opera)[/ ]/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\bDuckDuckGo\//, 'DuckDuckGo'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\bHeadlessChrome\//, 'Headless Chrome'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*\bSafari\//, 'Safari'],
  [/\b(?:MSIE |Trident\/)/, 'Internet Explorer'],
]

const systems: Rules = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

const nameIn = (rules: Rules, userAgent: string): string | undefined =>
  rules.find(([pattern]) => pattern.test(userAgent))?.[1]

/** The product that a tool calls itself by. @see RFC 9110 §10.1.5 */
const productOf = (userAgent: string): string | undefined =>
  /^(?!Mozilla\b)([\w.+-]{1,40})(?=[/\s]|$)/.exec(userAgent)?.[1]

/** Never empty: `Unknown device` where the user agent says nothing. */
export const deviceLabel = (userAgent: string): string => {
  const browser = nameIn(browsers, userAgent)
  const system = nameIn(systems, userAgent)
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`
  const product = productOf(userAgent)
  if (product !== undefined) return system === undefined ? product : `${product} on ${system}`
  return system ?? 'Unknown device'
}
