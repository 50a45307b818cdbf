// A service worker as an application writes it: module, no top-level await, no dynamic import.
import { installServiceWorker } from '../../../../dist/serviceworker.js';

const options = JSON.parse(new URL(self.location.href).searchParams.get('options'));
installServiceWorker(self, { ...options, callOptions: () => ({ repeat: 'yes' }) });

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
