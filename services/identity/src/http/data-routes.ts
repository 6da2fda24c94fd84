/** `GET /auth/me/export`: all that there is about a user, for themselves. */
import type { Route } from '@latchkey/runtime/http'
import type { ExportData } from '../usecases/export-data.ts'
import { exportHeaders, exportJson } from './export-json.ts'
import { preferredLocale } from './locale.ts'
import type { AuthenticateRecent } from './reauthentication.ts'
import { refusals } from './refusals.ts'

export interface DataRoutesDeps {
  readonly authenticateRecent: AuthenticateRecent
  readonly exportData: ExportData
}

export const createDataRoutes = ({ authenticateRecent, exportData }: DataRoutesDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/auth/me/export',
    handler: async (req, res) => {
      const { userId } = await authenticateRecent(req)
      const data = await exportData(userId, preferredLocale(req.headers['accept-language']))
      if (data === undefined) throw refusals.gone()
      res.set(exportHeaders).json(exportJson(data))
    },
  },
]
