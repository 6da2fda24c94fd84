import { describe, expect, it } from '@jest/globals'
import { humanCheckWidgetOf } from './human-check-widget.ts'

describe('the widget of a human check', () => {
  it.each([
    ['https://challenges.cloudflare.com/turnstile/v0/api.js', 'cf-turnstile', 'cf-turnstile-response'],
    ['https://js.hcaptcha.com/1/api.js', 'h-captcha', 'h-captcha-response'],
    ['https://www.google.com/recaptcha/api.js', 'g-recaptcha', 'g-recaptcha-response'],
    ['https://www.recaptcha.net/recaptcha/api.js', 'g-recaptcha', 'g-recaptcha-response'],
    ['https://hcaptcha.com.evil.example/api.js', 'cf-turnstile', 'cf-turnstile-response'],
  ])('of %s is %s', (scriptUrl, className, field) => {
    expect(humanCheckWidgetOf(scriptUrl, 'key')).toMatchObject({
      scriptUrl,
      siteKey: 'key',
      className,
      field,
    })
  })

  it('lets in no more of a host that is shared than what is of the check', () => {
    const { sources } = humanCheckWidgetOf('https://www.google.com/recaptcha/api.js', 'key')
    expect(sources.filter(each => !each.endsWith('/recaptcha/'))).toEqual([])
  })

  it('lets in the origin of a script that it does not know, and nothing else', () => {
    expect(humanCheckWidgetOf('https://challenge.example:8443/api.js', 'key').sources).toEqual([
      'https://challenge.example:8443',
    ])
  })
})
