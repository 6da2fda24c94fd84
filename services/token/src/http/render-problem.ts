/**
 * Errors as their readers want them: a page where people look, OAuth's JSON for its clients and for those who ask for
 * JSON, a problem elsewhere.
 */
import { type RenderProblem, renderProblemByPath } from '@latchkey/runtime/http'
import type { Ui } from '@latchkey/ui'

/** Where browsers come to show something. */
const pages = new Set([
  '/oauth/authorize',
  '/oauth/consent',
  '/oauth/device',
  '/oauth/logout',
  '/oauth/organization',
  '/oauth/resume',
])

export const createRenderProblem =
  (ui: Pick<Ui, 'sendProblemPage'>): RenderProblem =>
  (problem, req, res) =>
    pages.has(req.path) && req.accepts(['html', 'json']) !== 'json'
      ? ui.sendProblemPage(problem, req, res)
      : renderProblemByPath(problem, req, res)
