// What a React application writes.
import type { StatusClient } from 'ehealth-bcp/status-element';

declare const bcp: StatusClient;

export const panel = (
  <div className="desk">
    <bcp-status client={bcp} lang="nl" only="login prescription" compact heading-level={3} practice="Park" id="panel">
      <div>02 000 00 00</div>
    </bcp-status>
    <bcp-status className="wide" audience="pharmacist" heading-level="2" compact="" style={{ margin: 0 }} />
  </div>
);

// @ts-expect-error: no such attribute
export const misspelt = <bcp-status langauge="nl" />;
// @ts-expect-error: not a client
export const other = <bcp-status client={{}} />;
