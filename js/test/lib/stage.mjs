// A drill stage: an authority, a fault server, a published catalogue with one service at two endpoints.
import { createDrillAuthority, startFaultServer } from '../../../dist/testing/index.js';

export const service = 'uddi:ehealth-fgov-be:business:drill:v1';

/** The key of a request is the text of its Inss element. */
export const stylesheet =
  '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="text"/>' +
  '<xsl:template match="/"><xsl:value-of select="//*[local-name()=\'Inss\']"/></xsl:template></xsl:stylesheet>';

export const soapRequest = (inss = '85071599987') =>
  '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">' +
  `<s:Body><q:Query xmlns:q="urn:drill"><q:Inss>${inss}</q:Inss></q:Query></s:Body></s:Envelope>`;

const authority = createDrillAuthority();
let stages = 0;

export async function makeStage() {
  const server = await startFaultServer();
  const main = server.behave('/main', 'ok');
  const second = server.behave('/second', 'ok');
  const id = ++stages;
  let publications = 0;
  const stage = {
    server,
    main,
    second,
    authority,
    /** Publishes a catalogue and returns its text. */
    publish({ endpoints = [main, second], cache, services, at, path = '/catalogue.xml', ...signing } = {}) {
      const issueInstant = at ?? new Date(Date.now() - 60_000 + publications++ * 10);
      const list = {
        version: 2,
        issueInstant,
        services: services ?? [
          { id: service, name: 'Drill', endpoints, ...(cache ? { cache: { stylesheet, ...cache } } : {}) },
        ],
      };
      const text = authority.sign(list, signing);
      server.behave(path, { body: text, headers: { 'content-type': 'application/xml' } });
      return text;
    },
    /** Options of a client of this stage; JSON, so that a page can have them too. */
    options: (over = {}) => ({
      environment: 'Production',
      namespace: `stage-${process.pid}-${id}`,
      catalogue: `${server.origin}/catalogue.xml`,
      anchors: [authority.anchor],
      policy: { attemptTimeoutMs: 10_000 },
      ...over,
    }),
    close: () => server.close(),
  };
  stage.publish();
  return stage;
}

/** A promise for the first event that passes, with a message when it does not come in time. */
export function eventOf(client, passes, withinMs = 5_000) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the event did not come')), withinMs);
    const stop = client.subscribe((event) => {
      if (!passes(event)) return;
      clearTimeout(timer);
      stop();
      resolve(event);
    });
  });
}
