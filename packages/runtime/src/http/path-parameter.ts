/** Parameters of the path. */
import type { Request } from './messages.ts'

/** A pattern that has the parameter always gives it. */
export const pathParameter = (req: Request, name: string): string => req.params[name] ?? ''
