import { checkText } from './shapes.js';

/** A SOAP 1.1 answer around a payload. */
export function soapAnswer(payload: string): string {
  checkText('payload', payload);
  return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${payload}</soap:Body></soap:Envelope>`;
}

/** A SOAP 1.1 fault; `code` in its detail says whether to use another endpoint, for instance SOA-02001. */
export function soapFault(code: string): string {
  checkText('code', code);
  return soapAnswer(
    '<soap:Fault><faultcode>soap:Server</faultcode><faultstring>fault</faultstring>' +
      `<detail><e:SystemError xmlns:e="urn:be:fgov:ehealth:errors:soa:v1"><Code>${code}</Code></e:SystemError></detail></soap:Fault>`,
  );
}
