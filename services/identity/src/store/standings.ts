/** How somebody stands who is about to come in, in one statement: every sign-in asks. */
import type { Pool } from 'pg'
import type { DeviceHash, UserId } from '../domain/ids.ts'
import type { Standing } from '../domain/standing.ts'
import { type SecondFactorRow, secondFactorColumns, toSecondFactors } from './second-factors.ts'

const look = `
  SELECT EXISTS (SELECT FROM password_credentials
                  WHERE user_id = $1 AND reset_required_at IS NOT NULL) AS "isPasswordSuspended",
         EXISTS (SELECT FROM roles r
                  WHERE r.require_mfa
                    AND (r.name IN (SELECT role FROM user_roles WHERE user_id = $1)
                         OR r.name IN (SELECT role FROM organization_member_roles WHERE user_id = $1))
                ) AS "demandsSecondFactor",
         ${secondFactorColumns}`

type Row = SecondFactorRow & Pick<Standing, 'isPasswordSuspended' | 'demandsSecondFactor'>

export const createStandings = ({ pool }: { pool: Pool }) => ({
  look: async (userId: UserId, device: DeviceHash, at: Date): Promise<Standing> => {
    const values = [userId, device, at]
    const { rows } = await pool.query<Row>({ name: 'look-at-standing', text: look, values })
    const [row] = rows
    return {
      isPasswordSuspended: row?.isPasswordSuspended === true,
      demandsSecondFactor: row?.demandsSecondFactor === true,
      secondFactors: toSecondFactors(row),
    }
  },
})
