// <bcp-status lang="nl|fr|de|en">: tells the caregiver what is going on and what to do.
//
//   import { defineBcpStatus } from 'ehealth-bcp/status-element';
//   defineBcpStatus();
//   document.querySelector('bcp-status').client = client;
//
// CSS parts: panel, heading, overall, now, about, section, item, title, way, since, guidance, guide, catalogue, source,
// helpdesk, code, services, status-site, print, print-card, export, printed, card. Slot: helpdesk (a telephone number,
// a form). Custom properties: --bcp-ink, --bcp-soft, --bcp-back, --bcp-line, --bcp-good, --bcp-warn, --bcp-bad,
// --bcp-font. It needs no more of a page's Content-Security-Policy than the client does: no inline style, no HTML from
// text.
export {
  type BcpStatusAttributes,
  BcpStatusElement,
  type BcpStatusElements,
  type StatusClient,
  defineBcpStatus,
} from './status/element.js';
