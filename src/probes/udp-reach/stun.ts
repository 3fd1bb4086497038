import { randomBytes } from 'node:crypto';
import { familyOf } from '../../model/address.ts';
import { bindingRequest, readBinding, TRANSACTION_ID_BYTES } from '../stun-message.ts';
import { type Dialect, FOREIGN } from './dialect.ts';

/** STUN (RFC 8489), a Binding request; an error is an answer too. What it says is of the caller, not of the server. */
export const stun: Dialect = {
  protocol: 'stun',
  question() {
    const transactionId = randomBytes(TRANSACTION_ID_BYTES);
    return {
      payload: bindingRequest(transactionId),
      read: (bytes) => {
        const { kind } = readBinding(bytes, transactionId);
        if (kind !== 'mapped' && kind !== 'error') return FOREIGN;
        return { kind: 'answer', says: kind === 'mapped' ? 'STUN' : 'STUN, an error', unique: null };
      },
    };
  },
  how: ({ address, port }) =>
    `stunclient --family ${familyOf(address) === 'ipv4' ? 4 : 6} ${address} ${port}`,
};
