/** The pages of one service: made once at the start, from the operator's brand and the address that users come by. */
import type { RenderProblem, Request, Response } from '@latchkey/runtime/http'
import type { Brand } from './brand.ts'
import { createContentSecurityPolicy } from './content-security-policy.ts'
import { createRenderDocument, type Page } from './document.ts'
import { chooseLocale, type Locale } from './locale.ts'
import { problemPage } from './problem-page.ts'
import { createStylesheet } from './stylesheet.ts'

export interface UiInit {
  readonly brand: Brand
  readonly publicUrl: string
}

export interface SentPage extends Page {
  /** 200 by default. */
  readonly status?: number
  /** Where forms of this page lead in the end, beyond our own origin: a client's origin, or its scheme (`com.app:`). */
  readonly formAction?: readonly string[]
  /** Origins whose pages it shows in frames. */
  readonly frames?: readonly string[]
}

export const createUi = ({ brand, publicUrl }: UiInit) => {
  const stylesheet = createStylesheet(brand.color)
  const renderDocument = createRenderDocument({ brand, stylesheet })
  const policyFor = createContentSecurityPolicy({ stylesheet, logoUrl: brand.logoUrl })
  const basePath = new URL(publicUrl).pathname.replace(/\/$/, '')

  const sendPage = (
    res: Response,
    { status = 200, formAction = [], frames = [], ...page }: SentPage,
  ): void => {
    res
      .status(status)
      .set({
        'Cache-Control': 'no-store',
        'Content-Language': page.locale,
        'Content-Security-Policy': policyFor({
          formAction,
          hasScript: page.script !== undefined,
          inlineScript: page.inlineScript,
          frames,
          widget: page.widget,
        }),
        // A widget is good for one origin, and is told which one it is on; the path with what it holds stays here.
        'Referrer-Policy': page.widget === undefined ? 'no-referrer' : 'strict-origin',
        Vary: 'Accept-Language',
      })
      .type('html')
      .send(renderDocument(page))
  }

  const localeOf = (req: Request, uiLocales?: string): Locale =>
    chooseLocale({ uiLocales, acceptLanguage: req.headers['accept-language'] })

  const sendProblemPage: RenderProblem = (problem, req, res) => {
    res.set(problem.headers)
    sendPage(res, { status: problem.status, ...problemPage(problem, localeOf(req)) })
  }

  return {
    sendPage,
    /** For `renderProblem` of a service, on the paths that people look at. */
    sendProblemPage,
    /** `uiLocales`: what the application asked for, which counts before what the browser asks for. */
    localeOf,
    /** `/login` → `/auth/login` where `PUBLIC_URL` is `https://example.com/auth`: never built from what a request says. */
    link: (path: `/${string}`, query: Readonly<Record<string, string | undefined>> = {}): string => {
      const parameters = new URLSearchParams()
      for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value)
      return basePath + path + (parameters.size === 0 ? '' : `?${parameters}`)
    },
  }
}

export type Ui = ReturnType<typeof createUi>
