// The words of the small EHR in four languages. The names of the functionalities and the guidance come from the package.

export const langs = ['nl', 'fr', 'de', 'en'];

const nl = {
  locale: 'nl-BE',
  navigation: 'Demonstratie', start: 'Start', ehr: 'Klein EPD', check: 'Catalogus nakijken', control: 'Nagebootst platform',
  skip: 'Naar de inhoud', language: 'Taal',
  drill: 'Oefening: nagebootst platform, verzonnen patiënten, niets verlaat dit toestel.',
  title: 'Klein EPD', who: 'Wie bent u?', whoNote: 'Het EPD zelf werkt ook als alle elektronische diensten uitgevallen zijn.',
  logInAs: (name) => `Aanmelden als ${name}`, loggedIn: (name) => `Aangemeld: ${name}`, logOut: 'Afmelden',
  patient: 'Patiënt', tasks: 'Taken', runAll: 'Alle raadplegingen', running: 'Bezig…',
  answers: 'Antwoorden', none: 'Nog niets gevraagd.',
  live: 'rechtstreeks antwoord', other: 'rechtstreeks, ander adres', cache: 'eerder antwoord', expired: 'eerder antwoord, vervallen', failed: 'geen antwoord',
  from: 'Van', attempts: 'Pogingen', stored: 'Bewaard op', until: 'Geldig tot', asked: 'Gevraagd op', doNow: 'Wat nu?',
  notRepeated: 'Het is niet zeker of uw verzending is aangekomen. Ze werd daarom niet opnieuw verstuurd.',
  timeline: 'Tijdlijn: wat werd geprobeerd', log: 'Logboek', exportLog: 'Logboek bewaren', refresh: 'Catalogus opvragen',
  refreshed: { updated: 'Nieuwe catalogus aanvaard.', unchanged: 'Catalogus ongewijzigd.', rejected: 'Catalogus geweigerd: de vorige blijft gelden.', unreachable: 'Catalogus niet bereikbaar: de bewaarde blijft gelden.' },
  outcomes: { answered: 'beantwoord', switch: 'meldt storing', unreachable: 'onbereikbaar', timeout: 'te traag', incomplete: 'onvolledig', cancelled: 'geannuleerd', cache: 'uit bewaarde antwoorden', none: 'geen antwoord' },
  facts: { name: 'Naam', born: 'Geboren', fund: 'Ziekenfonds', entitlement: 'KG1/KG2', guarantee: 'Betalingsgarantie', until: 'Tot', fee: 'Honorarium', reimbursed: 'Terugbetaling', own: 'Remgeld', accepted: 'Akkoord', reference: 'Referentie', key: 'Sleutel', documents: 'Documenten', vaccines: 'Vaccinaties', fault: 'De dienst antwoordt' },
  yes: 'ja', no: 'nee',
};

const fr = {
  locale: 'fr-BE',
  navigation: 'Démonstration', start: 'Accueil', ehr: 'Petit DMI', check: 'Contrôler un catalogue', control: 'Plate-forme simulée',
  skip: 'Aller au contenu', language: 'Langue',
  drill: 'Exercice : plate-forme simulée, patients fictifs, rien ne quitte cette machine.',
  title: 'Petit DMI', who: 'Qui êtes-vous ?', whoNote: 'Le DMI lui-même fonctionne aussi quand tous les services électroniques sont en panne.',
  logInAs: (name) => `Se connecter : ${name}`, loggedIn: (name) => `Connecté : ${name}`, logOut: 'Se déconnecter',
  patient: 'Patient', tasks: 'Tâches', runAll: 'Toutes les consultations', running: 'En cours…',
  answers: 'Réponses', none: "Rien n'a encore été demandé.",
  live: 'réponse en direct', other: 'en direct, autre adresse', cache: 'réponse antérieure', expired: 'réponse antérieure, expirée', failed: 'pas de réponse',
  from: 'De', attempts: 'Tentatives', stored: 'Conservée le', until: "Valable jusqu'au", asked: 'Demandée le', doNow: 'Que faire ?',
  notRepeated: "Il n'est pas certain que votre envoi soit arrivé. Il n'a donc pas été renvoyé.",
  timeline: 'Chronologie : ce qui a été essayé', log: 'Journal', exportLog: 'Enregistrer le journal', refresh: 'Demander le catalogue',
  refreshed: { updated: 'Nouveau catalogue accepté.', unchanged: 'Catalogue inchangé.', rejected: 'Catalogue refusé : le précédent reste en vigueur.', unreachable: 'Catalogue inaccessible : celui qui est conservé reste en vigueur.' },
  outcomes: { answered: 'répondu', switch: 'signale une panne', unreachable: 'inaccessible', timeout: 'trop lent', incomplete: 'incomplet', cancelled: 'annulé', cache: 'réponse conservée', none: 'pas de réponse' },
  facts: { name: 'Nom', born: 'Né(e)', fund: 'Mutualité', entitlement: 'CT1/CT2', guarantee: 'Garantie de paiement', until: "Jusqu'au", fee: 'Honoraires', reimbursed: 'Remboursement', own: 'Ticket modérateur', accepted: 'Accord', reference: 'Référence', key: 'Clé', documents: 'Documents', vaccines: 'Vaccinations', fault: 'Le service répond' },
  yes: 'oui', no: 'non',
};

const de = {
  locale: 'de-BE',
  navigation: 'Vorführung', start: 'Start', ehr: 'Kleine Patientenakte', check: 'Katalog prüfen', control: 'Simulierte Plattform',
  skip: 'Zum Inhalt', language: 'Sprache',
  drill: 'Übung: simulierte Plattform, erfundene Patienten, nichts verlässt dieses Gerät.',
  title: 'Kleine Patientenakte', who: 'Wer sind Sie?', whoNote: 'Die Akte selbst arbeitet auch, wenn alle elektronischen Dienste ausgefallen sind.',
  logInAs: (name) => `Anmelden als ${name}`, loggedIn: (name) => `Angemeldet: ${name}`, logOut: 'Abmelden',
  patient: 'Patient', tasks: 'Aufgaben', runAll: 'Alle Abfragen', running: 'Läuft…',
  answers: 'Antworten', none: 'Noch nichts gefragt.',
  live: 'direkte Antwort', other: 'direkt, andere Adresse', cache: 'frühere Antwort', expired: 'frühere Antwort, abgelaufen', failed: 'keine Antwort',
  from: 'Von', attempts: 'Versuche', stored: 'Gespeichert am', until: 'Gültig bis', asked: 'Gefragt am', doNow: 'Was nun?',
  notRepeated: 'Es ist nicht sicher, ob Ihre Sendung angekommen ist. Sie wurde deshalb nicht erneut gesendet.',
  timeline: 'Zeitleiste: was versucht wurde', log: 'Protokoll', exportLog: 'Protokoll speichern', refresh: 'Katalog abrufen',
  refreshed: { updated: 'Neuer Katalog angenommen.', unchanged: 'Katalog unverändert.', rejected: 'Katalog abgelehnt: der vorige gilt weiter.', unreachable: 'Katalog nicht erreichbar: der gespeicherte gilt weiter.' },
  outcomes: { answered: 'beantwortet', switch: 'meldet Störung', unreachable: 'nicht erreichbar', timeout: 'zu langsam', incomplete: 'unvollständig', cancelled: 'abgebrochen', cache: 'aufbewahrte Antwort', none: 'keine Antwort' },
  facts: { name: 'Name', born: 'Geboren', fund: 'Krankenkasse', entitlement: 'KG1/KG2', guarantee: 'Zahlungsgarantie', until: 'Bis', fee: 'Honorar', reimbursed: 'Erstattung', own: 'Eigenanteil', accepted: 'Genehmigt', reference: 'Referenz', key: 'Schlüssel', documents: 'Dokumente', vaccines: 'Impfungen', fault: 'Der Dienst antwortet' },
  yes: 'ja', no: 'nein',
};

const en = {
  locale: 'en-GB',
  navigation: 'Demonstration', start: 'Start', ehr: 'Small EHR', check: 'Check a catalogue', control: 'Simulated platform',
  skip: 'Skip to the content', language: 'Language',
  drill: 'Exercise: simulated platform, fictitious patients, nothing leaves this machine.',
  title: 'Small EHR', who: 'Who are you?', whoNote: 'The EHR itself works also when every electronic service is down.',
  logInAs: (name) => `Log in as ${name}`, loggedIn: (name) => `Logged in: ${name}`, logOut: 'Log out',
  patient: 'Patient', tasks: 'Tasks', runAll: 'All consultations', running: 'Running…',
  answers: 'Answers', none: 'Nothing was asked yet.',
  live: 'live answer', other: 'live, other address', cache: 'earlier answer', expired: 'earlier answer, expired', failed: 'no answer',
  from: 'From', attempts: 'Attempts', stored: 'Stored', until: 'Valid until', asked: 'Asked', doNow: 'What to do?',
  notRepeated: 'It is not certain whether what you sent has arrived. It was therefore not sent again.',
  timeline: 'Time line: what was tried', log: 'Event log', exportLog: 'Save the log', refresh: 'Fetch the catalogue',
  refreshed: { updated: 'New catalogue accepted.', unchanged: 'Catalogue unchanged.', rejected: 'Catalogue refused: the one before stays in force.', unreachable: 'Catalogue cannot be reached: the stored one stays in force.' },
  outcomes: { answered: 'answered', switch: 'reports an outage', unreachable: 'unreachable', timeout: 'too slow', incomplete: 'incomplete', cancelled: 'cancelled', cache: 'kept answer', none: 'no answer' },
  facts: { name: 'Name', born: 'Born', fund: 'Health insurance fund', entitlement: 'CT1/CT2', guarantee: 'Payment guarantee', until: 'Until', fee: 'Fee', reimbursed: 'Reimbursed', own: 'Patient pays', accepted: 'Agreed', reference: 'Reference', key: 'Key', documents: 'Documents', vaccines: 'Vaccinations', fault: 'The service answers' },
  yes: 'yes', no: 'no',
};

export const texts = { nl, fr, de, en };
