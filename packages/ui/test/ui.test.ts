/** Pages over HTTP: their headers, their markup, and which forms are taken (SPEC §2.3; CHECKLIST 9, 10, 11). */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHttpApp, type Route, readForm, startHttpServer } from '@latchkey/runtime/http'
import { createLogger } from '@latchkey/runtime/logger'
import { notFound, Problem, tooManyRequests, unavailable } from '@latchkey/runtime/problem'
import { z } from 'zod'
import { brandOf, createBrowserBinding, createUi, field, form } from '../src/index.ts'

const publicUrl = 'https://auth.example.com/base'
const brand = brandOf({
  BRAND_NAME: 'Acme <Co>',
  BRAND_COLOR: '#FFEE00',
  BRAND_LOGO_URL: 'https://cdn.example.com/logo.svg',
})
const ui = createUi({ brand, publicUrl })
const browser = createBrowserBinding({ publicUrl })

const goOn = `addEventListener('load', () => 1 < 2)`

const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/form',
    handler: (req, res) => {
      const csrf = browser.csrfToken('test', browser.ensure(req, res))
      ui.sendPage(res, {
        locale: ui.localeOf(req),
        title: 'A <form>',
        formAction: ['https://client.example', "https://evil.example; script-src 'unsafe-inline'"],
        body: form({
          action: ui.link('/form', { flow: 'a b' }),
          hidden: { csrf, flow: undefined },
          content: field({
            name: 'email',
            label: 'Email',
            type: 'email',
            autocomplete: 'username',
            errors: ['No.'],
          }),
        }),
      })
    },
  },
  {
    method: 'POST',
    path: '/form',
    handler: async (req, res) => {
      const { csrf } = await readForm(req, z.object({ csrf: z.string().default('') }))
      browser.verifyForm(req, 'test', csrf)
      res.redirect(303, ui.link('/form'))
    },
  },
  {
    method: 'GET',
    path: '/scripted',
    handler: (_req, res) =>
      ui.sendPage(res, { locale: 'en', title: 'Scripted', body: '', script: ui.link('/assets/x.js') }),
  },
  {
    method: 'GET',
    path: '/frames',
    handler: (_req, res) =>
      ui.sendPage(res, {
        locale: 'en',
        title: 'Frames',
        body: '',
        inlineScript: goOn,
        frames: ['https://app.example', "https://evil.example; script-src 'unsafe-inline'"],
      }),
  },
  {
    method: 'GET',
    path: '/widget',
    handler: (_req, res) =>
      ui.sendPage(res, {
        locale: 'en',
        title: 'With a widget',
        body: '',
        widget: {
          scriptUrl: 'https://widget.example/api.js?a=1&b=2',
          sources: ['https://widget.example', "https://evil.example; script-src 'unsafe-inline'"],
        },
      }),
  },
  {
    method: 'GET',
    path: '/problems/:kind',
    handler: req => {
      if (req.params.kind === 'limited') throw tooManyRequests('Rate limit exceeded', 7)
      if (req.params.kind === 'away') throw unavailable()
      if (req.params.kind === 'bug') throw new Error('secret')
      if (req.params.kind === 'nothing') throw notFound()
      throw new Problem({
        status: 400,
        code: 'OAUTH_ERROR',
        oauthError: 'invalid_request',
        detail: 'redirect_uri not registered for this client',
      })
    },
  },
]

let origin: string
let close: () => Promise<void>
beforeAll(async () => {
  const logger = createLogger({ service: 'test', level: 'ERROR', destination: { write: () => true } })
  const app = createHttpApp({ logger, routes, renderProblem: ui.sendProblemPage })
  const server = await startHttpServer({ app, port: 0, host: '127.0.0.1', logger })
  origin = `http://127.0.0.1:${server.port}`
  close = () => server.close(500)
})
afterAll(() => close())

const get = (path: string, headers: Record<string, string> = {}) => fetch(origin + path, { headers })

const openForm = async () => {
  const answer = await get('/form')
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';')
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await answer.text()) ?? []
  return { cookie, csrf }
}

const post = (cookie: string, csrf: string, headers: Record<string, string> = {}) =>
  fetch(`${origin}/form`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...headers, Cookie: cookie },
    body: new URLSearchParams({ csrf }),
  })

describe('a page', () => {
  it('is styled by the hash that its policy names, runs nothing and is framed by nobody', async () => {
    const answer = await get('/form')
    const text = await answer.text()
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(text) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src https://cdn.example.com/logo.svg; frame-ancestors 'none'; base-uri 'none'; form-action 'self' https://client.example`,
    )
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(text).not.toMatch(/<script|\son\w+=/i)
  })

  it('runs a script of ours where it has one, which asks our own origin alone', async () => {
    const answer = await get('/scripted')
    expect(answer.headers.get('content-security-policy')).toContain(
      "; script-src 'self'; connect-src 'self'; ",
    )
    expect(await answer.text()).toContain('<script type="module" src="/base/assets/x.js"></script>\n</head>')
  })

  it('runs a short script by its hash, and shows the frames of whom it names', async () => {
    const answer = await get('/frames')
    const policy = String(answer.headers.get('content-security-policy'))
    const hash = createHash('sha256').update(goOn).digest('base64')
    expect(policy).toContain(`; script-src 'sha256-${hash}'; frame-src https://app.example; `)
    expect(policy).not.toMatch(/evil|unsafe/)
    expect(await answer.text()).toContain(`<script>${goOn}</script>\n</head>`)
  })

  it('lets a widget in where a page has one, from its own sources alone, and tells it no more than our origin', async () => {
    const answer = await get('/widget')
    const policy = String(answer.headers.get('content-security-policy'))
    for (const directive of ['script-src', 'connect-src', 'frame-src'])
      expect(policy).toContain(`; ${directive} https://widget.example; `)
    expect(policy).toMatch(/; style-src 'sha256-[^ ]+' https:\/\/widget\.example; /)
    expect(policy).not.toMatch(/evil|unsafe/)
    expect(policy).toMatch(/; form-action 'self'$/)
    expect(answer.headers.get('referrer-policy')).toBe('strict-origin')
    expect(await answer.text()).toContain(
      '<script src="https://widget.example/api.js?a=1&amp;b=2" async defer></script>\n</head>',
    )
  })

  it('shows the brand, escapes what it is given, and leads below the path of PUBLIC_URL', async () => {
    const text = await (await get('/form')).text()
    expect(text).toContain('<img src="https://cdn.example.com/logo.svg" alt="Acme &lt;Co&gt;">')
    expect(text).toContain('<h1>A &lt;form&gt;</h1>')
    expect(text).toContain('action="/base/form?flow=a+b"')
    expect(text).not.toContain('name="flow"')
  })

  it('ties a field to its label and to what is wrong with it (WCAG 2.2 §3.3.1)', async () => {
    const text = await (await get('/form')).text()
    expect(text).toContain('<label for="email">Email</label>')
    expect(text).toContain('aria-invalid="true" aria-describedby="email_error"')
    expect(text).toContain('<ul class="error" id="email_error"><li>No.</li></ul>')
  })
})

describe('CHECKLIST 10: CSRF protection', () => {
  it('sets the cookie of a browser once, for this host alone, out of reach of scripts', async () => {
    const first = await get('/form')
    expect(first.headers.get('set-cookie')).toMatch(
      /^__Host-latchkey_browser=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    const { cookie } = await openForm()
    expect((await get('/form', { Cookie: cookie })).headers.get('set-cookie')).toBeNull()
  })

  it.each([
    ['no headers, as scripts and old browsers', {}],
    ['its own origin', { Origin: 'https://auth.example.com' }],
    ['no origin to tell, from the same site', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
  ])('takes a form of its own browser: %s', async (_, headers) => {
    const { cookie, csrf } = await openForm()
    expect((await post(cookie, csrf, headers)).status).toBe(303)
  })

  it.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sibling host', { 'Sec-Fetch-Site': 'same-site' }],
    ['a foreign origin', { Origin: 'https://evil.example' }],
    ['the right host over http', { Origin: 'http://auth.example.com' }],
  ])('refuses a form with the right token from %s', async (_, headers) => {
    const { cookie, csrf } = await openForm()
    expect((await post(cookie, csrf, headers)).status).toBe(403)
  })

  it.each([
    ['no token', ''],
    ['a token of another purpose', 'other'],
  ])('refuses a form with %s', async (_, purpose) => {
    const { cookie } = await openForm()
    const [, raw = ''] = cookie.split('=')
    const answer = await post(cookie, purpose === '' ? '' : browser.csrfToken(purpose, raw))
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('This form does not work any more')
  })

  it('refuses the form of another browser, and one without a cookie', async () => {
    const [mine, theirs] = [await openForm(), await openForm()]
    expect((await post(mine.cookie, theirs.csrf)).status).toBe(403)
    expect((await post('', theirs.csrf)).status).toBe(403)
  })
})

describe('an error page', () => {
  it('says what is wrong, in OAuth’s words too, what to do, and the request id', async () => {
    const answer = await get('/problems/oauth', { 'X-Request-Id': 'request-123' })
    const text = await answer.text()
    expect(answer.status).toBe(400)
    expect(text).toContain('<h1>This request can’t be completed</h1>')
    expect(text).toContain('invalid_request: redirect_uri not registered for this client')
    expect(text).toContain('request-123')
  })

  it('keeps the headers of the problem', async () => {
    const answer = await get('/problems/limited')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await answer.text()).toContain('<h1>Too many attempts</h1>')
  })

  it('speaks the language of the browser', async () => {
    const answer = await get('/problems/away', { 'Accept-Language': 'de-AT' })
    expect(answer.headers.get('content-language')).toBe('de')
    expect(await answer.text()).toContain('<html lang="de">')
  })

  it('says once that there is nothing', async () => {
    const answer = await get('/problems/nothing')
    expect(answer.status).toBe(404)
    expect((await answer.text()).match(/There is nothing here/g)).toHaveLength(2) // title and heading
  })

  it('tells nothing of a bug', async () => {
    const text = await (await get('/problems/bug')).text()
    expect(text).toContain('Something went wrong on our side')
    expect(text).not.toContain('secret')
  })
})
