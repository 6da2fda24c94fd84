/**
 * Where the link of a reset mail leads: a plain form, complete without JavaScript. Opening it changes nothing, so
 * a mail scanner burns no link; the token goes no further than back to us.
 */
import { createHash } from 'node:crypto'
import { type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { Problem } from '@latchkey/runtime/problem'
import type { Request, Response } from 'express'
import { z } from 'zod'
import type { ConfirmPasswordReset } from '../usecases/confirm-password-reset.ts'
import { renderForm, renderNotice, style } from './reset-page-html.ts'
import type { Schemas } from './schemas.ts'

export const resetPagePath = '/reset-password'

export interface ResetPageDeps {
  readonly schemas: Schemas
  readonly confirmReset: ConfirmPasswordReset
}

const query = z.object({ token: z.string().max(512).default(''), done: z.string().optional() })

const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

const sendPage = (res: Response, status: number, html: string): void => {
  res
    .status(status)
    .set({ 'Content-Security-Policy': contentSecurityPolicy, 'Referrer-Policy': 'no-referrer' })
    .type('html')
    .send(html)
}

const deadLink = {
  title: 'This link does not work any more',
  text: 'It was used before, or it is too old. Ask for a new one where you sign in.',
}

/** What went wrong on this path is said in a page, not in JSON. */
export const renderPageProblem = (problem: Problem, _req: Request, res: Response): void => {
  res.set(problem.headers)
  sendPage(res, problem.status, renderNotice({ title: problem.title, text: problem.detail }))
}

export const createResetPage = ({ schemas, confirmReset }: ResetPageDeps): readonly Route[] => [
  {
    method: 'GET',
    path: resetPagePath,
    handler: (req, res) => {
      const { token, done } = readQuery(req, query)
      if (done !== undefined) {
        const text = 'You can sign in with it now. Every device that was signed in has been signed out.'
        return sendPage(res, 200, renderNotice({ title: 'Your password has been changed', text }))
      }
      if (token === '') return sendPage(res, 400, renderNotice(deadLink))
      sendPage(res, 200, renderForm({ token, violations: [] }))
    },
  },
  {
    method: 'POST',
    path: resetPagePath,
    handler: async (req, res) => {
      const { token, new_password } = await readForm(req, schemas.resetForm)
      const result = await confirmReset({ rawToken: token, newPassword: new_password })
      if (result.outcome === 'invalid_token') return sendPage(res, 400, renderNotice(deadLink))
      if (result.outcome === 'password_refused') {
        return sendPage(res, 400, renderForm({ token, violations: result.violations }))
      }
      // See Other, so that reloading the next page posts nothing again; relative, since PUBLIC_URL may have a path.
      // @see RFC 9110 §10.2.2, §15.4.4
      res.redirect(303, 'reset-password?done=1')
    },
  },
]
