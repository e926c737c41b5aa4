"""The lines of `--help` in English, by the Swedish that stands beside the code of each command."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # The group
        "Skriv, granska, förhandsvisa och paketera behandlingsprogram.": (
            "Write, check, preview and bundle treatment programs."
        ),
        "Språk för meddelanden.": "Language of messages.",
        "Form på utskriften.": "Form of what is printed.",
        "Skapa en arbetsyta, ett program, en modul, en sida, en övning eller ett formulär.": (
            "Make a workspace, a program, a module, a page, an exercise or a questionnaire."
        ),
        "Granska program och säg vad som är fel, och var.": "Check programs and say what is wrong, and where.",
        "Förklara en regel med exempel.": "Explain a rule with examples.",
        "Visa ett program i webbläsaren medan du skriver.": "Show a program in the browser while you write.",
        "Kör programmens provresor och formulärens facit.": (
            "Run the programs' journeys and the questionnaires' vectors."
        ),
        "Räkna ut ett formulärs poäng för givna svar.": "Work out the scores of a questionnaire for given answers.",
        "Bygg program till paket (.dtb).": "Build programs into bundles (.dtb).",
        "Skriv in den version som ändringarna kräver, och vad som är nytt.": (
            "Write the version that the changes need, and what is new."
        ),
        "Skriv in ett paket bland de utgivna versionerna.": "Write a bundle into the list of published versions.",
        "Visa vad ett paket innehåller.": "Show what a bundle holds.",
        "Kontrollera att ett paket är helt och oförändrat.": "Check that a bundle is whole and unaltered.",
        "Skriv ut källtexten ur ett paket.": "Write the source out of a bundle.",
        "Håll reda på stora filmer som ligger utanför arbetsytan.": (
            "Keep track of large films that lie outside of the workspace."
        ),
        # catalogue
        "Visa vad andra regioner ger ut, och vad som är nytt.": "Show what other regions release, and what is new.",
        "Visa vad regionerna ger ut: vad det är, för vem, hur länge, vem som svarar för det, och hur det står till med avtal. Med --in-use också vad som är nytt sedan versionen ni använder. Inga paket hämtas.": (
            "Show what the regions release: what it is, for whom, how long, who answers for it, and how agreements stand. With --in-use also what is new since the version that you use. No bundles are fetched."
        ),
        "Mapp med förtroende: där står vad regionerna har skrivit under.": (
            "Trust folder: what the regions have signed stands there."
        ),
        "Hämta också regionernas avtal, till den här mappen.": "Get the regions' agreements too, into this folder.",
        "Platsen att först hämta nytt från, också avtal: ett namn under registries i designtool.yaml, en adress eller en mapp.": (
            "The place to get what is new from first, agreements too: a name under registries in designtool.yaml, an address or a folder."
        ),
        "Din region (vanligen den i designtool.yaml).": "Your region (usually the one in designtool.yaml).",
        "Paket som ni använder, eller en mapp med dem. Kan anges flera gånger.": (
            "Bundles that you use, or a folder of them. Can be given several times."
        ),
        "Bara det här programmet: region/program.": "This program alone: region/program.",
        "Skriv till den här filen.": "Write to this file.",
        "Börja ett eget program från ett paket.": "Begin a program of one's own from a bundle.",
        "Kör paket i referensmiljön.": "Run bundles in the reference runtime.",
        # provenance, and what verify says of it
        "Intyga vilken källtext ett paket är byggt av.": "State which source a bundle is built from.",
        "Intyga vilken källtext och vilka versioner ett paket är byggt av.": (
            "State which source and which versions a bundle is built from."
        ),
        "Bygg om ett paket ur källtexten som ligger i det, och intyga med din underskrift att det blev samma paket.": (
            "Build a bundle again from the source that lies in it, and state with your signature that it is the same bundle."
        ),
        "Fil för intyget. Utan den: bredvid paketet, med ändelsen .provenance.json.": (
            "File of the statement. Without it: beside the bundle, ending in .provenance.json."
        ),
        "Intyget om hur paketet är byggt: en fil, eller registret som det ligger i. Paketet byggs om och jämförs.": (
            "The statement of how the bundle was built: a file, or the registry that it lies in. The bundle is built again and compared."
        ),
        "Intyget om hur ett paket är byggt, från designtool provenance new. Det läggs bredvid paketet. Kan upprepas.": (
            "The statement of how a bundle was built, from designtool provenance new. It is put beside the bundle. May be repeated."
        ),
        "Utkast till utgivning: kontrollera att det gäller just det här paketet och har klinisk underskrift.": (
            "Draft of a release: check that it is of this very bundle and has a clinical signature."
        ),
        # overlay
        "Anpassa ett program som en annan region har publicerat.": "Adapt a program that another region has published.",
        "Börja en anpassning i overlays/, med kopior av sidorna som ska skrivas om.": (
            "Begin an overlay in overlays/, with copies of the pages that are to be written anew."
        ),
        "Sida att anpassa: modul/sida eller library/sida. Går att ange flera gånger.": (
            "A page to adapt: module/page or library/page. May be given several times."
        ),
        "Regionens kortnamn. Utan det: det som står i designtool.yaml.": (
            "The region's short name. Without it: what designtool.yaml says."
        ),
        # Subscriptions
        "Följ program som andra regioner ger ut.": "Follow programs that other regions publish.",
        "Följ program som andra regioner ger ut, under den egna anpassningen. Det som följs står i designtool.yaml.": (
            "Follow programs that other regions publish, under one's own overlay. What is followed stands in designtool.yaml."
        ),
        "Varifrån nya versioner kommer: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).": (
            "Where new versions come from: a name under registries in designtool.yaml, an address (https://…) or a folder (./stick)."
        ),
        "Mapp med förtroende: den säger vilkas underskrifter som räknas.": (
            "Folder of trust: it says whose signatures count."
        ),
        'Versioner som får användas, till exempel ">=1.0 <2.0". Utan det: från den senaste till nästa större.': (
            'Versions that may be used, such as ">=1.0 <2.0". Without it: from the newest to the next major one.'
        ),
        "Börja följa ett program: hämta den senaste versionen som får användas, och skriv in den i designtool.yaml. NAME är region/program.": (
            "Begin to follow a program: fetch the newest version that may be used, and write it into designtool.yaml. NAME is region/program."
        ),
        "Ta det som är nytt: bygg anpassningen över den nya versionen och skriv in den i designtool.yaml.": (
            "Take what is new: build the overlay over the new version and write it into designtool.yaml."
        ),
        "Hämta nya versioner, visa vad som är ändrat, och pröva anpassningen mot dem. Utan NAMES gäller det allt som följs. Utan --build skrivs inget in.": (
            "Fetch new versions, show what has changed, and try the overlay against them. Without NAMES: all that is followed. "
            "Without --build nothing is written in."
        ),
        "Visa vad som följs och vilken version som används. Inget hämtas.": (
            "Show what is followed and which version is in use. Nothing is fetched."
        ),
        "Sluta följa ett program. Det som är hämtat och byggt ligger kvar.": (
            "End following a program. What was fetched and built stays."
        ),
        "Lägg en anpassning över ett publicerat paket, pröva den och bygg regionens eget paket.": (
            "Lay an overlay over a published bundle, try it, and build the region's own bundle."
        ),
        "Paketet som anpassas, eller mappen med det (vanligen build).": (
            "The bundle that is adapted, or the folder that it lies in (usually build)."
        ),
        "Skriv in att sidorna i en anpassning är lästa mot de nya. Utan PAGES gäller det alla.": (
            "Write that the pages of an overlay have been read against the new ones. Without PAGES all of them."
        ),
        "Pröva vad som händer med pågående patienter i en ny version.": (
            "Try what happens to patients under way in a new version."
        ),
        # recall
        "Återkalla utgåvor, och visa vad som är återkallat.": "Recall releases, and show what has been recalled.",
        "Återkalla en utgåva, och häv en återkallelse. En person stoppar, två häver.": (
            "Recall a release, and lift a recall. One person stops, two lift."
        ),
        "Gör ett utkast till återkallelse av REGION/PROGRAM/VERSION. En säkerhetsansvarig skriver under.": (
            "Make a draft of a recall of REGION/PROGRAM/VERSION. A safety officer signs it."
        ),
        "stop-use stoppar delar även för dem som är i behandling, no-new-patients låter inget nytt börja, info stoppar inget.": (
            "stop-use stops parts also for those in treatment, no-new-patients lets nothing new begin, info stops nothing."
        ),
        "Varför, så som det ska stå för behandlare och administratörer.": (
            "Why, as therapists and administrators shall read it."
        ),
        "Versionen som ska användas i stället, om det finns någon.": "The version to use instead, if there is one.",
        "stop-use: id på en modul, övning eller ett beslut som stoppas, eller all. Kan anges flera gånger.": (
            "stop-use: id of a module, exercise or decision that is stopped, or all. Can be given several times."
        ),
        "stop-use: texten som patienter ser i delarnas ställe.": "stop-use: the text that patients see in place of the parts.",
        "stop-use: texten som behandlare ser vid varje patient.": "stop-use: the text that therapists see at each patient.",
        "För en mildare återkallelse än den som gäller: hävningen av den, underskriven av två.": (
            "For a recall that is milder than the one in force: the lift of that one, signed by two."
        ),
        "Visa vad som är återkallat, enligt federationens metadata eller en mapp med förtroende.": (
            "Show what has been recalled, by the federation's metadata or by a trust folder."
        ),
        "En mapp med förtroende: det som gäller där.": "A trust folder: what is in force there.",
        "Gör ett dokument som häver återkallelsen av REGION/PROGRAM/VERSION. Två personer skriver under det.": (
            "Make a document that lifts the recall of REGION/PROGRAM/VERSION. Two people sign it."
        ),
        "Varför det går att använda igen.": "Why it can be used again.",
        "Visa återkallelsen och skriv under att den hävs. En säkerhetsansvarig och en kliniskt ansvarig behövs.": (
            "Show the recall and sign that it is lifted. A safety officer and one who is clinically responsible are needed."
        ),
        "Där federationens metadata finns: ett namn under registries, en adress eller en mapp. Där står återkallelsen som hävs.": (
            "Where the federation's metadata is: a name under registries, an address or a folder. There stands the recall that is lifted."
        ),
        "Gör ett utkast till lista där återkallelsen är hävd. En säkerhetsansvarig skriver under.": (
            "Make a draft of a list in which the recall is lifted. A safety officer signs it."
        ),
        # agreements
        "Håll reda på avtal om program mellan regioner.": "Keep track of agreements on programs between regions.",
        "Skriv, skriv under, visa och avsluta avtal om program mellan regioner.": (
            "Write, sign, show and end agreements on programs between regions."
        ),
        "Mapp med avtalen (vanligen agreements i arbetsytan).": (
            "Folder of the agreements (usually agreements in the workspace)."
        ),
        "Mapp med förtroende: där står vilka nycklar som är regionernas.": (
            "Trust folder: there it stands which keys are the regions'."
        ),
        "Föreslå ett avtal och skriv under det för din region. Den andra regionen skriver under sedan.": (
            "Propose an agreement and sign it for your region. The other region signs it afterwards."
        ),
        "Regionen som har gjort programmen.": "The region that has made the programs.",
        "Regionen som får använda dem.": "The region that may use them.",
        "Ett programs id. Kan anges flera gånger.": "The id of a program. May be given several times.",
        'Versioner, till exempel ">=1.0 <2.0".': 'Versions, for example ">=1.0 <2.0".',
        "Första dagen då behandlingar får starta.": "The first day on which treatments may begin.",
        "Sista dagen då behandlingar får starta.": "The last day on which treatments may begin.",
        "Hur många behandlingar som får starta. Utan: alla. Varje körmiljö räknar bara dem i sin egen databas: har regionen "
        "flera kan det sammanlagt bli fler.": (
            "How many treatments may begin. Without it: all. Each runtime counts only those in its own database: where the region "
            "has several, there can be more of them in all."
        ),
        "Vem man frågar om avtalet.": "Whom to ask about the agreement.",
        "Skriv under ett avtal för din region. Det gäller när båda regionerna har gjort det, och håller när en nyckel byts om två i "
        "regionen har det.": (
            "Sign an agreement for your region. It is in force when both regions have, and holds when a key is rotated if two of the "
            "region have."
        ),
        "Avsluta ett avtal. Den ena regionens underskrift räcker. Behandlingar som pågår fortsätter.": (
            "End an agreement. The signature of one region is enough. Treatments under way go on."
        ),
        "Första dagen då inga nya behandlingar får starta (vanligen i dag).": (
            "The first day on which no new treatments begin (usually today)."
        ),
        "Publicera i ett register det som din region har skrivit under av avtal och avslut, så att den andra regionen kan hämta det.": (
            "Publish in a registry what your region has signed of agreements and ends, so that the other region can fetch it."
        ),
        "Hämta regionernas avtal och avslut ur ett register. Det som ingen betrodd nyckel har skrivit under hämtas inte.": (
            "Fetch the regions' agreements and ends from a registry. What no trusted key has signed is not fetched."
        ),
        "Visa avtalen och om de gäller i dag.": "Show the agreements and whether they are in force today.",
        "Regionen som enheten hör till, med dess kortnamn. Behövs med --trust.": (
            "The region that the unit belongs to, by its short name. Needed with --trust."
        ),
        "Mapp med avtalen om andra regioners program. Utan avtal startar inga nya behandlingar med dem.": (
            "Folder of the agreements on other regions' programs. Without one no new treatments begin with them."
        ),
        # migrate, export states
        "Pröva vad som händer med pågående patienter när ett program får en ny version.": (
            "Try what happens to patients under way when a program gets a new version."
        ),
        "Räkna och visa. Inget flyttas; det görs i körmiljön.": (
            "Count and show. Nothing is moved; that is done in the runtime."
        ),
        "Fil med behandlingar från körmiljön (designtool export states). Utan den prövas påhittade patienter.": (
            "A file of treatments from the runtime (designtool export states). Without it invented patients are tried."
        ),
        "Antal påhittade patienter (vanligen 40).": "How many invented patients (usually 40).",
        "Vilka påhittade patienter (vanligen 0).": "Which invented patients (usually 0).",
        "Skriv ut ett formulär eller pågående behandlingar i en form som andra verktyg läser.": (
            "Write a questionnaire, or treatments under way, in a form that other tools read."
        ),
        "Körmiljöns mapp (vanligen designtool-data).": "The runtime's folder (usually designtool-data).",
        "Bara behandlingar i detta program.": "Only treatments in this program.",
        "Fil att skriva till, en behandling på varje rad.": "The file to write, one treatment a line.",
        "Skriv ut behandlingar utan namn och meddelanden, att pröva en flytt på. Filen är vårddata: svaren står i den.": (
            "Write treatments without names and messages, to try a migration on. The file is care data: the answers are in it."
        ),
        "Visa allt: program, påhittade patienter och behandlare.": (
            "Show everything: programs, invented patients and therapists."
        ),
        # new
        "Skapa en arbetsyta i en mapp (utan mapp: här), med ett gemensamt bibliotek.": (
            "Make a workspace in a folder (without one: here), with a shared library."
        ),
        "Regionens kortnamn.": "The region's short name.",
        "Skapa ett program som går att provköra på en gång. Utan --yes ställs upp till fem frågor.": (
            "Make a program that can be tried at once. Without --yes it asks up to five questions."
        ),
        "Vad programmet ska heta.": "What the program is to be called.",
        "För vem det är, till exempel: vuxna som sover dåligt.": "Whom it is for, such as: adults who sleep badly.",
        "Hur många veckor det tar.": "How many weeks it takes.",
        "Vem som svarar för innehållet.": "Who answers for the content.",
        "Fråga ingenting: ta det vanliga där inget är sagt.": "Ask nothing: take what is usual where nothing is said.",
        "Skapa en modul sist i ett program, med en sida, en hemuppgift och en handledning.": (
            "Make a module at the end of a program, with a page, homework and guidance."
        ),
        "Skapa en sida sist i en modul.": "Make a page at the end of a module.",
        "Modulen som sidan läggs i; annars den sista.": "The module that the page goes into; else the last.",
        "Skapa en övning i en modul.": "Make an exercise in a module.",
        "Modulen som övningen läggs i; annars den sista.": "The module that the exercise goes into; else the last.",
        "Skapa ett frågeformulär i ett program.": "Make a questionnaire in a program.",
        "Skapa filen som låter GitHub eller GitLab granska programmen, och publicera en utgåva när två personer har godkänt den.": (
            "Make the file that lets GitHub or GitLab check the programs, and publish a release when two people have approved it."
        ),
        "Registret att publicera i: ett namn under registries i designtool.yaml, eller en adress. Utan: det enda som står där.": (
            "The registry to publish in: a name under registries in designtool.yaml, or an address. Without: the only one there."
        ),
        # validate, explain, preview, test, score
        "Granska program. Utan sökväg granskas hela arbetsytan.": (
            "Check programs. Without a path the whole workspace is checked."
        ),
        "Låt även varningar och tips ge slutstatus 1.": "Let warnings and infos give exit status 1 as well.",
        "Tidigare version att jämföra med: ett paket, en mapp eller git:VERSION. Går att ange flera gånger. Utan den: versionerna i "
        "releases/.": (
            "An earlier version to compare with: a bundle, a folder or git:REVISION. May be given several times. Without it: the "
            "versions in releases/."
        ),
        "Förklara en regel eller en sorts ändring. Utan namn visas alla regler, med changes alla sorters ändringar, "
        "med refusals alla skäl att avvisa ett paket. truth-tables visar vad ett uttryck blir när svar saknas.": (
            "Explain a rule or a kind of change. Without a name all rules are listed, with changes all kinds of change, "
            "with refusals all reasons to refuse a bundle. truth-tables shows what expressions make of missing answers."
        ),
        "Visa program i webbläsaren medan du skriver. Avsluta med Ctrl-C.": (
            "Show programs in the browser while you write. End with Ctrl-C."
        ),
        "Leta efter ändringar varje sekund: för nätverksmappar som inte säger till.": (
            "Look for changes every second: for network folders that do not tell."
        ),
        "Öppna ingen webbläsare.": "Open no browser.",
        "Kör programmens provresor och formulärens facit. PATHS är program, arbetsytor eller paket (.dtb).": (
            "Run the programs' journeys and the questionnaires' vectors. PATHS are programs, workspaces or bundles (.dtb)."
        ),
        "Räkna ut ett formulärs poäng för givna svar. QUESTIONNAIRE är en fil eller ett id i arbetsytan.": (
            "Work out the scores of a questionnaire for given answers. QUESTIONNAIRE is a file or an id in the workspace."
        ),
        "Svaren: ett JSON-objekt från fråga till värde, eller en CSV-fil med frågorna som rubriker och en person per rad. "
        "En första kolumn med rubriken id följer med till resultatet. Med - läses svaren från standard in.": (
            "The answers: a JSON object of item to value, or a CSV file with the items as headings and a person a row. "
            "A first column with the heading id is carried through. With - the answers are read from standard input."
        ),
        "Mall att börja från: sömn, nedstämdhet, tom.": "Template to begin with: sömn, nedstämdhet, tom.",
        "Port på 127.0.0.1 (vanligen 8765).": "Port on 127.0.0.1 (usually 8765).",
        "Port på 127.0.0.1 (vanligen 8770).": "Port on 127.0.0.1 (usually 8770).",
        "Port på 127.0.0.1 (vanligen 8780).": "Port on 127.0.0.1 (usually 8780).",
        "Mapp med ordalydelsen till instrument som enheten har rätt till. Den blir aldrig en del av ett paket.": (
            "Folder of the wording of instruments that the unit has a right to. It never becomes part of a bundle."
        ),
        "Fil med regionens egna kontakter. De visas i stället för dem i programmen, och en rättelse syns på en gång.": (
            "File of the region's own contacts. They are shown in place of those in the programs, and a correction at once."
        ),
        "Fil med regionens egen krissida, i stället för den i programmen. Den nämner kontakter i --contacts.": (
            "File of the region's own crisis page, in place of the one in the programs. It names contacts of --contacts."
        ),
        "Mapp för databas och paket (vanligen designtool-data).": (
            "Folder for the database and the bundles (usually designtool-data)."
        ),
        "Mappen med filmerna som står i media.lock, om det är en annan än i designtool.yaml.": (
            "The folder with the films that media.lock names, if it is another than designtool.yaml says."
        ),
        "Programmet som visar filmen (library: alla), om det finns flera.": (
            "The program that shows the film (library: all), if there are several."
        ),
        "Skriv in en film i media.lock, med sitt fingeravtryck. Filmen behöver sedan inte ligga i programmets mapp.": (
            "Write a film into media.lock, with its digest. The film need not lie in the program's folder after that."
        ),
        # export, import
        "Skriv ut ett formulär i en form som andra system läser.": "Write a questionnaire in a form that others read.",
        "Skriv ut ett formulär som FHIR Questionnaire. QUESTIONNAIRE är en fil eller ett id i arbetsytan.": (
            "Write a questionnaire as a FHIR Questionnaire. QUESTIONNAIRE is a file or an id in the workspace."
        ),
        "Utgåva av FHIR (vanligen R4).": "Release of FHIR (usually R4).",
        "Skriv svarens tal både som R4 (ordinalValue) och som R5 (itemWeight) har dem.": (
            "Write the numbers of the answers both as R4 (ordinalValue) and as R5 (itemWeight) has them."
        ),
        "Fil för det som FHIR inte har plats för, som JSON.": "File for what FHIR has no place for, as JSON.",
        "Fil att skriva till. Utan den: standard ut.": "File to write to. Without it: standard output.",
        "Skriv över filer som redan finns.": "Write over files that exist already.",
        "Läs in ett formulär från ett annat system.": "Read a questionnaire from another system.",
        "Läs in ett FHIR Questionnaire, R4 eller R5. Det som en människa behöver avgöra står som kommentarer i filen.": (
            "Read a FHIR Questionnaire, R4 or R5. What a human must decide stands as comments in the file."
        ),
        "Fil för formuläret. Utan den: arbetsytans bibliotek, med namn efter formuläret.": (
            "File for the questionnaire. Without it: the workspace's library, named after the questionnaire."
        ),
        "Fil för det som formatet inte har plats för, som JSON.": "File for what the format has no place for, as JSON.",
        # diff
        "Jämför två versioner av ett program.": "Compare two versions of a program.",
        "Jämför två versioner av ett program: mappar, paket eller git:VERSION. Utan NEW jämförs med det som ligger i "
        "arbetsytan.": (
            "Compare two versions of a program: folders, bundles or git:REVISION. Without NEW with what lies in the workspace."
        ),
        # bump, release
        "Skriv in den version som ändringarna kräver i program.yaml, och vad som är nytt i CHANGELOG.md.": (
            "Write the version that the changes need into program.yaml, and what is new into CHANGELOG.md."
        ),
        "Visa bara vad som skulle skrivas.": "Only show what would be written.",
        "Skriv in ett paket bland de utgivna versionerna i releases/. Nya versioner jämförs sedan med det.": (
            "Write a bundle into the list of published versions in releases/. New versions are then compared with it."
        ),
        # keys, federation, share
        # run, asking a registry
        "Registret att hämta återkallelser och avtal från, regelbundet: ett namn i designtool.yaml, en adress eller en mapp (./minne).": (
            "The registry to fetch recalls and agreements from, regularly: a name in designtool.yaml, an address or a folder (./stick)."
        ),
        "Hur ofta det hämtas (vanligen var 60:e minut).": "How often that is fetched (usually every 60 minutes).",
        "Namnet på körmiljöns nyckel: med den skrivs kvitton på återkallelser under.": (
            "The name of the runtime's key: receipts for recalls are signed with it."
        ),
        # receipts
        "Se vilka körmiljöer som har hört om en återkallelse.": "See which runtimes have heard of a recall.",
        "Skriv in körmiljöer, och visa vilka som har svarat på en återkallelse och vilka du behöver ringa.": (
            "Enrol runtimes, and show which have answered a recall and which you have to call."
        ),
        "Skriv in en körmiljö, så att det är känt att den ska svara på återkallelser. PUBLIC_KEY är filen med dess öppna nyckel.": (
            "Enrol a runtime, so that it is known that it is to answer recalls. PUBLIC_KEY is the file of its public key."
        ),
        "Vad körmiljön heter, för den som ska ringa. Utan det: det som står i nyckeln.": (
            "What the runtime is called, for whoever is to call. Without it: what the key says."
        ),
        "Personen man ringer.": "The person to call.",
        "Numret man ringer, när som helst på dygnet.": "The number to call, at any hour.",
        "Avsluta en körmiljö som inte finns längre. RUNTIME är dess namn, eller början av nyckelns id.": (
            "End a runtime that is no more. RUNTIME is its name, or the beginning of the key id."
        ),
        "Bara den här utgåvan: REGION/PROGRAM/VERSION.": "This release alone: REGION/PROGRAM/VERSION.",
        "Hur många timmar en körmiljö har på sig att svara (vanligen 24).": (
            "How many hours a runtime has to answer (usually 24)."
        ),
        "Visa per återkallelse vilka körmiljöer som har svarat, och vilka du behöver ringa. Status 1 när någon inte har svarat i tid.": (
            "Show for each recall which runtimes have answered, and which you have to call. Status 1 when one has not answered in time."
        ),
        "Lägg en körmiljös kvitton i ett register eller på ett USB-minne. DATA är körmiljöns mapp för databas och paket.": (
            "Put a runtime's receipts into a registry or on a stick. DATA is the runtime's folder of database and bundles."
        ),
        "Ta över kvitton från ett USB-minne till ett register. Det som ingen känd nyckel har skrivit under lämnas kvar.": (
            "Take receipts over from a stick to a registry. What no known key has signed is left."
        ),
        "Skapa och visa nycklar att skriva under med.": "Make and show keys to sign with.",
        "Bestäm tillsammans vilka som får skriva under, och lita på dem.": (
            "Decide together who may sign, and trust them."
        ),
        "Bestäm tillsammans vilka som får skriva under, och lita på dem. PLACE är där federationens metadata finns: ett namn under "
        "registries i designtool.yaml, en adress (https://…) eller en mapp. En mapp som det har publicerats till är ett register; "
        "en ny mapp får vanliga filer.": (
            "Decide together who may sign, and trust them. PLACE is where the federation's metadata is: a name under registries in "
            "designtool.yaml, an address (https://…) or a folder. A folder that has been published to is a registry; a new folder "
            "will have plain files."
        ),
        # token issuer
        "Biljettutgivaren: en liten tjänst som avgör vad varje region får hämta och publicera i ett register. Den bestämmer efter federationens metadata och avtalen, och sparar inget själv.": (
            "The token issuer: a small service that decides what each region may fetch and publish in a registry. It decides by the federation's metadata and the agreements, and keeps nothing itself."
        ),
        "Skapa utgivarens nyckel och certifikat i mappen DIR. Skriver ut den del av registrets inställningar som hör till.": (
            "Make the issuer's key and certificate in the folder DIR. Prints the part of the registry's configuration that belongs to it."
        ),
        "Registrets namn, till exempel register.example.": "The registry's name, for example registry.example.",
        "Adressen där utgivaren nås utifrån, till exempel https://biljetter.example.": (
            "The address at which the issuer is reached from outside, for example https://tokens.example."
        ),
        "Starta utgivaren. Den lyssnar bara på den egna datorn: låt en proxy med TLS stå framför. Varje beslut skrivs som en rad. Avsluta med Ctrl-C.": (
            "Start the issuer. It listens on this machine alone: let a proxy with TLS stand in front. Each decision is written as a line. End with Ctrl-C."
        ),
        "Fil med konton (vanligen accounts.json i DIR). Skapas med designtool share account.": (
            "File of accounts (usually accounts.json in DIR). Made with designtool share account."
        ),
        "Mapp med förtroende (vanligen trust i DIR).": "Trust folder (usually trust in DIR).",
        "Mapp med avtalen mellan regionerna (vanligen agreements i DIR).": (
            "Folder of the agreements between regions (usually agreements in DIR)."
        ),
        "Registret att hämta metadata och avtal ur medan tjänsten går. Utan det håller någon annan mapparna aktuella.": (
            "The registry to take metadata and agreements from while the service runs. Without it somebody else keeps the folders current."
        ),
        "Hur ofta det hämtas, i minuter (vanligen 5).": "How often, in minutes (usually 5).",
        "Port på 127.0.0.1 (vanligen 8790).": "Port on 127.0.0.1 (usually 8790).",
        "Ge en region ett konto hos biljettutgivaren, eller byt dess lösenfras. Det gäller på en gång, också medan utgivaren går.": (
            "Give a region an account at the token issuer, or change its passphrase. It holds at once, also while the issuer runs."
        ),
        "Fil med konton. Skapas om den inte finns.": "File of accounts. Made where there is none.",
        "Kontot får också publicera federationens gemensamma metadata.": (
            "The account may also publish the federation's common metadata."
        ),
        "Ta bort kontot.": "Remove the account.",
        "Verktyg kring delning av program.": "Tools around the sharing of programs.",
        "Skapa en nyckel. Den hemliga delen låses med en lösenfras; den öppna delen är en liten fil att skicka till andra.": (
            "Make a key. The secret part is locked with a passphrase; the public part is a small file to send to others."
        ),
        "Vems nyckeln är, så som det ska stå för andra.": "Whose key it is, as others shall read it.",
        "Regionen som personen arbetar för, med dess kortnamn.": "The region that the person works for, by its short name.",
        "Vad nyckeln är till för: grundare, publicera, kliniskt ansvar, säkerhetsansvar, tidsstämpling eller en körmiljös kvitton.": (
            "What the key is for: founding, publishing, clinical responsibility, safety, timestamps or the receipts of a runtime."
        ),
        "Mappen med dina nycklar (vanligen .designtool/keys i hemmappen).": (
            "The folder of your keys (usually .designtool/keys in the home folder)."
        ),
        "Fil med lösenfrasen, för automatiska körningar. Annars frågas det, eller läses DESIGNTOOL_PASSPHRASE.": (
            "A file with the passphrase, for automatic runs. Without it, it is asked for, or DESIGNTOOL_PASSPHRASE is read."
        ),
        "Visa vilka nycklar som finns här.": "Show which keys are here.",
        "En grundares öppna nyckel. Upprepas.": "A founder's public key. Repeated.",
        "Den öppna nyckel som tidsstämplar. Kan upprepas.": "The public key that stamps. May be repeated.",
        "En säkerhetsansvarigs öppna nyckel. Kan upprepas.": "A safety officer's public key. May be repeated.",
        "Hur många grundare som måste skriva under (vanligen 2).": "How many founders must sign (usually 2).",
        "Börja en federation: utkast till rot, regioner och återkallelser, för grundarna att skriva under.": (
            "Begin a federation: drafts of the root, the regions and the recalls, for the founders to sign."
        ),
        "En öppen nyckel för regionen: minst en som publicerar och en kliniskt ansvarig.": (
            "A public key of the region: at least one who publishes and one clinically responsible."
        ),
        "Ta med en region, med dess två personer. Grundarna skriver under.": (
            "Take in a region, with its two people. The founders sign."
        ),
        "Id på nyckeln som ska bort, eller dess början.": "The id of the key that shall go, or its beginning.",
        "Den nya öppna nyckeln.": "The new public key.",
        "Byt en nyckel. ROLE är founder, online, recall eller en region. Utan --old läggs den nya till.": (
            "Exchange a key. ROLE is founder, online, recall or a region. Without --old the new one is added."
        ),
        "Ta bort en nyckel som inte längre går att lita på. ROLE är founder, online, recall eller en region.": (
            "Take away a key that can be trusted no longer. ROLE is founder, online, recall or a region."
        ),
        "Förläng ett halvår, utan att något ändras. ROLE är root, targets, recall eller en region.": (
            "Prolong for half a year, with nothing changed. ROLE is root, targets, recall or a region."
        ),
        "Gör ett utkast till utgivning av ett paket, för regionens två personer att skriva under.": (
            "Make a draft of the release of a bundle, for the region's two people to sign."
        ),
        "Namnet på din nyckel.": "The name of your key.",
        "Mappen med avtal (vanligen agreements): vilka som inte håller utan nyckeln sägs innan den tas bort.": (
            "The folder of agreements (usually agreements): those that do not hold without the key are told before it goes."
        ),
        "Paketet som återkallas: vad som stoppas visas då med sina titlar. Kan anges flera gånger.": (
            "The bundle that is recalled: what is stopped is then shown with its titles. Can be given several times."
        ),
        "Paketet som återkallas: delarnas namn kontrolleras mot det. Utan det läses programmet i registret, om det går.": (
            "The bundle that is recalled: the names of the parts are held against it. Without it the program is read in the "
            "registry, if that can be done."
        ),
        "Fråga inte, för automatiska körningar. Det som skrivs under visas ändå.": (
            "Do not ask, for automatic runs. What is signed is shown all the same."
        ),
        "Visa vad utkast innehåller, och skriv under dem. Det går bra utan nät.": (
            "Show what drafts hold, and sign them. No network is needed."
        ),
        "Ta in underskrivna utkast i federationens metadata, i den ordning de ges.": (
            "Adopt signed drafts into the federation's metadata, in the order given."
        ),
        "Namnet på nyckeln som tidsstämplar.": "The name of the key that stamps.",
        "Stämpla bara om något är nytt, eller om stämpeln är äldre än ett dygn: för en körning var tionde minut.": (
            "Stamp only where something is new, or the stamp is older than a day: to be run every ten minutes."
        ),
        "Mapp med förtroende som minns vad som har stämplats: det som är äldre stämplas inte.": (
            "Trust folder that remembers what has been stamped: what is older is not stamped."
        ),
        "Intyga att all metadata hör ihop och är färsk. Körs efter varje ändring, och minst en gång i veckan.": (
            "Attest that all metadata belongs together and is fresh. Run after each change, and once a week at least."
        ),
        "Visa federationen: rotens fingeravtryck, vilka som får skriva under vad, och hur länge det gäller.": (
            "Show the federation: the root's digest, who may sign what, and for how long."
        ),
        "Rotens fil, som 1.root.json.": "The file of the root, like 1.root.json.",
        "Där federationens metadata finns, om roten ska hämtas därifrån.": (
            "Where the federation's metadata is, if the root is to be fetched from there."
        ),
        "Rotens fingeravtryck, avskrivet från papper.": "The digest of the root, copied from paper.",
        "Lita på en federation vars rot har det fingeravtryck som står på papper. Skapar mappen som run och verify använder.": (
            "Trust a federation whose root has the digest that stands on paper. Makes the folder that run and verify use."
        ),
        "Där metadatan finns: ett namn, en adress, ett USB-minne eller en mapp.": (
            "Where the metadata is: a name, an address, a stick or a folder."
        ),
        "Ta över nyare metadata till mappen med förtroende, om den är riktig och färsk. Återkallelser följer med, och de som är nya "
        "visas.": (
            "Take over newer metadata into the trust folder, if it is right and fresh. Recalls come with it, and new ones are shown."
        ),
        "Kopiera federationens metadata från ett ställe till ett annat: också återkallelserna, på vilket USB-minne som helst. En ny mapp "
        "blir ett register, som designtool publish kan lägga paket i.": (
            "Copy the federation's metadata from one place to another: the recalls too, on any stick. A new folder becomes a "
            "registry, into which designtool publish can put bundles."
        ),
        "Mapp för utkast att skriva under (vanligen drafts, i mappen med metadata eller här om metadatan finns i ett register).": (
            "Folder for drafts to be signed (usually drafts, in the folder of the metadata, or here if that is in a registry)."
        ),
        "Den klient som granskar signaturer, så som den öppna testsviten tuf-conformance vill anropa den.": (
            "The client that checks signatures, as the public test suite tuf-conformance calls it."
        ),
        "Mapp för den metadata som har verifierats.": "Folder for the metadata that was verified.",
        "Adress till metadatan.": "Address of the metadata.",
        "Namn på det som ska hämtas. Kan upprepas.": "Name of what is to be fetched. May be repeated.",
        "Adress till det som ska hämtas.": "Address of what is to be fetched.",
        "Mapp för det som hämtas.": "Folder for what is fetched.",
        "Lita på en rot.": "Trust a root.",
        "Hämta och granska metadata.": "Fetch and check metadata.",
        "Hämta och granska filer.": "Fetch and check files.",
        "Mapp med förtroende: säg också vilka som har skrivit under paketet.": (
            "Trust folder: say also who has signed the bundle."
        ),
        "Mapp med förtroende: bara paket som federationens regioner har skrivit under tas emot.": (
            "Trust folder: bundles that regions of the federation have signed are taken, and no others."
        ),
        # build, verify, unbundle, run, demo
        "Bygg program till paket. Utan sökväg byggs alla program i arbetsytan.": (
            "Build programs into bundles. Without a path every program of the workspace is built."
        ),
        "Mapp för paketen.": "Folder for the bundles.",
        "Kontrollera att ett paket är helt och oförändrat: varje byte i det räknas.": (
            "Check that a bundle is whole and unaltered: every byte of it counts."
        ),
        "Skriv ut källtexten ur ett paket i en ny mapp. Den bygger till samma paket igen.": (
            "Write the source out of a bundle into a new folder. It builds to the same bundle again."
        ),
        "Ny mapp för källtexten. Utan den: programmets id och version.": (
            "New folder for the source. Without it: the program's id and version."
        ),
        "Börja ett eget program från ett paket. Det säger varifrån det kommer, och har eget id och egen version.": (
            "Begin a program of one's own from a bundle. It says where it comes from, and has its own id and version."
        ),
        "Det nya programmets id. Utan det: programmets id med -egen efter.": (
            "The new program's id. Without it: the program's id with -egen behind it."
        ),
        "Ny mapp för en egen arbetsyta. Utan den: arbetsytan här.": (
            "New folder for a workspace of its own. Without it: the workspace here."
        ),
        # publish, fetch
        "Publicera ett paket i ett register.": "Publish a bundle in a registry.",
        "Hämta ett paket ur ett register.": "Fetch a bundle from a registry.",
        "Registret: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).": (
            "The registry: a name under registries in designtool.yaml, an address (https://…) or a folder (./stick)."
        ),
        "Mapp för paketet.": "Folder for the bundle.",
        "Utkastet från designtool federation release, underskrivet av båda. Det tas in i registrets metadata. Kan upprepas.": (
            "The draft of designtool federation release, signed by both. It is adopted into the registry's metadata. May be repeated."
        ),
        "Kopiera också federationens metadata härifrån, till ett USB-minne: ett namn, en adress eller en mapp.": (
            "Copy the federation's metadata from here too, to a stick: a name, an address or a folder."
        ),
        "Ett tidigare paket som mottagaren har: det som finns i det utelämnas på USB-minnet. Kan upprepas.": (
            "An earlier bundle that the receiver has: what is in it is left out of the stick. May be repeated."
        ),
        "Publicera utan underskrifter. Då går ingen i god för paketet.": (
            "Publish without signatures. Nobody vouches for the bundle then."
        ),
        "Publicera paket i ett register eller på ett USB-minne, under sin region, sitt id och sin version. En utgiven version ändras "
        "aldrig. Regionens två personer ska ha skrivit under utgåvan: i ett utkast som anges med --release, eller i metadata som "
        "redan finns där.": (
            "Publish bundles in a registry or on a stick, under their region, id and version. A published version never changes. "
            "The region's two people are to have signed the release: in a draft that is given with --release, or in metadata that "
            "is there already."
        ),
        "Mapp med förtroende: hämta bara det som regionens två personer har skrivit under, och säg vilka de är.": (
            "Trust folder: fetch only what the region's two people have signed, and say who they are."
        ),
        "Hämta ett paket ur ett register eller från ett USB-minne. NAME är region/program (den senaste versionen), "
        "region/program:1.0.0 eller region/program@sha256:…. Med --trust är det den utgåva som regionens två personer har skrivit "
        "under. Utan --trust är paketet helt och oförändrat, men inte betrott för det: då kontrolleras inga underskrifter.": (
            "Fetch a bundle from a registry or a stick. NAME is region/program (the newest version), region/program:1.0.0 or "
            "region/program@sha256:…. With --trust it is the release that the region's two people have signed. Without --trust the "
            "bundle is whole and unaltered, but not trusted for that: no signatures are checked then."
        ),
        "Kör paket i referensmiljön, med låtsasinloggning och påhittade personer. Avsluta med Ctrl-C.": (
            "Run bundles in the reference runtime, with pretended signing in and invented people. End with Ctrl-C."
        ),
        "Ta emot osignerade paket. Det står på varje sida.": "Take unsigned bundles. Each page says so.",
        "Visa programmen med påhittade patienter och behandlare, sida vid sida. Avsluta med Ctrl-C.": (
            "Show the programs with invented patients and therapists, side by side. End with Ctrl-C."
        ),
        "Mapp för demonstrationens data (vanligen build/demo i arbetsytan).": (
            "Folder for the demonstration's data (usually build/demo in the workspace)."
        ),
        "Fortsätt där förra demonstrationen slutade.": "Go on where the last demonstration ended.",
    }
)
