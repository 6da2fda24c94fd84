/**
 * The widget of a human check on a page: the element that its script fills, the field that it adds to the form around it,
 * and what the page's policy has to let in for it.
 *
 * @see https://developers.cloudflare.com/turnstile/reference/content-security-policy/
 * @see https://docs.hcaptcha.com/#content-security-policy-settings
 * @see https://developers.google.com/recaptcha/docs/faq
 */

export interface HumanCheckWidget {
  readonly scriptUrl: string
  readonly siteKey: string
  /** Of the element that the script looks for. */
  readonly className: string
  /** Of the form: where the script puts the token. */
  readonly field: HumanCheckField
  readonly sources: readonly string[]
}

export type HumanCheckField = 'cf-turnstile-response' | 'h-captcha-response' | 'g-recaptcha-response'

type Kind = Pick<HumanCheckWidget, 'className' | 'field' | 'sources'>

const turnstile = (origin: string): Kind => ({
  className: 'cf-turnstile',
  field: 'cf-turnstile-response',
  sources: [origin],
})

const hCaptcha: Kind = {
  className: 'h-captcha',
  field: 'h-captcha-response',
  sources: ['https://hcaptcha.com', 'https://*.hcaptcha.com'],
}

const reCaptcha = (origin: string): Kind => ({
  className: 'g-recaptcha',
  field: 'g-recaptcha-response',
  sources: [
    `${origin}/recaptcha/`,
    'https://www.gstatic.com/recaptcha/',
    'https://recaptcha.google.com/recaptcha/',
  ],
})

const kindOf = ({ hostname, origin }: URL): Kind => {
  if (hostname === 'hcaptcha.com' || hostname.endsWith('.hcaptcha.com')) return hCaptcha
  if (hostname === 'www.google.com' || hostname === 'www.recaptcha.net') return reCaptcha(origin)
  return turnstile(origin)
}

/** By the host of its script: hCaptcha, reCAPTCHA, and otherwise what does as Turnstile does, from its own origin alone. */
export const humanCheckWidgetOf = (scriptUrl: string, siteKey: string): HumanCheckWidget => ({
  scriptUrl,
  siteKey,
  ...kindOf(new URL(scriptUrl)),
})
