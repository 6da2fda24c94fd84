/** Who looks at pages: browsers say that they take HTML. Who takes anything, as scripts do, gets JSON. @see RFC 9110 §12.5.1 */
import type { Request } from '@latchkey/runtime/http'

export const wantsPage = (req: Request): boolean => req.accepts(['json', 'html']) === 'html'
