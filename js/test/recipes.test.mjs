// The recipes for HTTP libraries run as they stand, in Node. In Chromium: js/test/browser/recipes.test.mjs.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createBcpClient } from '../../dist/index.node.js';
import { asked, brokenStage, libraries, proves, written } from './lib/recipes.mjs';
import { soapRequest } from './lib/stage.mjs';

const real = globalThis.fetch;
let stage;
let folder;
let loaded;

beforeEach(async () => {
  stage = await brokenStage();
  globalThis.given = stage.options();
});
afterEach(async () => {
  globalThis.fetch = real;
  delete globalThis.given;
  loaded?.bcp.close();
  rmSync(folder, { recursive: true, force: true });
  await stage.close();
});

async function load(library) {
  folder = written(library);
  loaded = await import(join(folder, 'main.js'));
  await loaded.bcp.preload(); // on a busy machine the first call may not wait for it, and goes out unprotected
  return loaded;
}

describe('the recipe for', () => {
  for (const library of libraries) {
    it(library, async () => {
      await proves(library, stage, asked(await load(library)));
    });
  }

  it('node-soap', async () => {
    const { connect, bcpErrorOf } = await load('node-soap');
    const wsdl = stage.server.behave('/wsdl', { headers: { 'content-type': 'text/xml' }, body: description });
    const { client, provenance } = await connect(wsdl, stage.asking[0]);
    const [answer] = await client.AskAsync({ Inss: '85071599987' });
    assert.equal(answer.$value ?? answer, '/asking-second');
    assert.equal(provenance().endpoint, stage.asking[1]);
    const [sent] = stage.server.seen('/asking-second');
    assert.equal(sent.headers.soapaction, '"urn:ask"');
    assert.match(sent.body, /<d:Inss>85071599987<\/d:Inss>/);

    const act = await connect(wsdl, stage.acting[0]);
    await assert.rejects(act.client.AskAsync({ Inss: '1' }), (e) => bcpErrorOf(e)?.code === 'not-repeatable');
    assert.equal(stage.server.seen('/acting').length, 1);
    assert.equal(stage.server.seen('/acting-second').length, 0, 'the act ran twice');
  });
});

it('a fetch that is replaced by the client serves what calls it later, the client apart', async () => {
  const bcp = createBcpClient(stage.options());
  loaded = { bcp };
  globalThis.fetch = bcp.fetch;
  const response = await fetch(stage.asking[0], { method: 'POST', body: soapRequest() });
  assert.equal(bcp.provenance(response).endpoint, stage.asking[1]);
  const plain = stage.server.behave('/plain', { body: 'as it is' });
  assert.equal(await (await fetch(plain)).text(), 'as it is');
  assert.equal(await bcp.refresh(), 'unchanged');
});

const description = `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:d="urn:drill" targetNamespace="urn:drill">
  <types><x:schema targetNamespace="urn:drill" elementFormDefault="qualified">
    <x:element name="Question"><x:complexType><x:sequence><x:element name="Inss" type="x:string"/></x:sequence>
    </x:complexType></x:element>
    <x:element name="Answer" type="x:string"/>
  </x:schema></types>
  <message name="In"><part name="body" element="d:Question"/></message>
  <message name="Out"><part name="body" element="d:Answer"/></message>
  <portType name="Port"><operation name="Ask"><input message="d:In"/><output message="d:Out"/></operation></portType>
  <binding name="Soap" type="d:Port">
    <s:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Ask"><s:operation soapAction="urn:ask"/>
      <input><s:body use="literal"/></input><output><s:body use="literal"/></output></operation>
  </binding>
  <service name="Drill"><port name="Port" binding="d:Soap"><s:address location="http://127.0.0.1/"/></port></service>
</definitions>`;
