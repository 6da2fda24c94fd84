/** Parameters of the path. */
import type { Request } from 'express'

/** A pattern that has the parameter always gives it. */
export const pathParameter = (req: Request, name: string): string => {
  const value = req.params[name]
  return typeof value === 'string' ? value : ''
}
