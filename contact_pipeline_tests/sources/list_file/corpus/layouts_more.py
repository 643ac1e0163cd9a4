"""More layouts the mapping may be tuned on: platforms, offices and clubs of six languages. Only layouts belong here."""

from __future__ import annotations

from contact_pipeline_tests.sources.list_file.corpus.layouts import Layout, read_layouts


def more_layouts() -> list[Layout]:
    """The layouts that were written with those of `layouts_apart` and may be looked at."""
    return read_layouts(TEXT)


TEXT = """
zoho_leads | en
Record Id=longid ; Lead Owner=otherfull>- ; First Name=first ; Last Name=last ; Company=company ; Email=email
Phone=mixed ; Mobile=phone2 ; Lead Source=word ; Lead Status=word ; Street=street ; City=city ; State=state
Zip Code=zip ; Country=country ; Email Opt Out=emailout ; Created Time=moment

pipedrive_people | en de
Person - ID=smallid ; Person - Name=full ; Person - Email - Work=email ; Person - Phone - Mobile=mixed
Person - Organization=company ; Person - Owner=otherfull>- ; Person - Open deals=count
Person - Marketing status=subscribed>email_consent|-

brevo_contacts | fr
EMAIL=email ; NOM=last ; PRENOM=first ; SMS=e164 ; OPT_IN=emailok10>email_consent|- ; ADDED_TIME=moment
DOUBLE_OPT-IN=yesno>-|email_consent

mailerlite_subscribers | en pt
Subscriber=email ; Name=first>first_name|full_name ; Last name=last ; Company=company ; Country=country ; City=city
Phone=digits ; State=statename ; ZIP=zip ; Subscribed=moment>- ; Opens=count ; Clicks=count

klaviyo_profiles | en
Email=email ; Klaviyo ID=recid ; First Name=first ; Last Name=last ; Organization=company ; Title=title
Phone Number=e164 ; Address=street ; Address 2=unit ; City=city ; State / Region=state ; Country=country
Zip Code=zip ; Date Added=moment ; Last Active=moment
Email Marketing Consent=subscribed ; SMS Marketing Consent=subscribed>sms_consent

activecampaign | en
ID=smallid ; Email=email ; First Name=first ; Last Name=last ; Phone=phone ; Customer Account=company ; Tags=tags
Date Created=moment ; IP Address=ip ; Score=count

everyaction_export | en
VANID=id ; Last=last ; First=first ; Mid=middle ; Suf=suffix ; Spouse Name=otherfull ; mAddress=street ; mCity=city
mState=state ; mZip5=zip ; Preferred Email=email ; Preferred Phone=dash ; Employer=company ; Occupation=title
Contribution Amount=money ; No Email=emailout ; No Mail=mailout ; No Call=truefalse>-

pdi_walk_sheet | en
Last Name=last ; First Name=first ; Age=age ; Sex=sex ; Party=party ; Residence Address=street ; Apt=unit
Residence City=city ; Residence Zip=zip ; Phone=digits ; Precinct=precinct ; Support (1-5)=count ; Notes=note

donorperfect | en
DONOR_ID=smallid ; TITLE=prefix>prefix|- ; FIRST_NAME=first ; MIDDLE_NAME=middle ; LAST_NAME=last ; SUFFIX=suffix
OPT_LINE=blank ; ADDRESS=street ; CITY=city ; STATE=state ; ZIP=zip9 ; EMAIL=email ; HOME_PHONE=dash
MOBILE_PHONE=phone2 ; NOMAIL=mailout ; GIFT_TOTAL=amount

civicrm_contacts | en fr
Internal Contact ID=smallid ; Contact Type=word ; Do Not Email=emailout ; Do Not Phone=yesno>- ; Do Not Mail=mailout
Do Not Sms=smsout ; First Name=first ; Last Name=last ; Current Employer=company ; Birth Date=dob
Street Address=street ; City=city ; State=statename ; Postal Code=zip ; Phone=mixed ; Email=email

spoke_contacts | en
firstName=first ; lastName=last ; cell=e164 ; zip=zip ; external_id=code ; county=county ; texter=otherfull>-
message_status=word ; optOut=truefalse>sms_opt_out|do_not_contact|-

signup_genius | en
Sign Up=event ; Start Date/Time=moment ; Item=shift ; First Name=first ; Last Name=last ; Email=email
Sign Up Comment=note ; Sign Up Timestamp=moment ; Phone=phone ; Phone Type=kindofphone ; Quantity=count

microsoft_forms | en es
ID=smallid ; Start time=moment ; Completion time=moment ; Email=email ; Name=full
What is your mobile number?=mixed ; Which ZIP code do you live in?=zip ; Can we text you?=smsok
How did you hear about us?=word

formstack | en
Time=moment ; Unique ID=id ; Name (First)=first ; Name (Last)=last ; Email=email ; Phone=phone
Address (Street)=street ; Address (City)=city ; Address (State)=state ; Address (Zip)=zip ; Referrer=url ; IP=ip

wufoo_entries | en
Entry Id=smallid ; First=first ; Last=last ; Street Address=street ; Address Line 2=unit ; City=city
State / Province / Region=statename ; Postal / Zip Code=zip ; Country=country ; Email=email ; Phone Number=digits
Date Created=moment ; Created By=word ; IP Address=ip

facebook_lead_ads | en es
id=longid ; created_time=momentz ; ad_id=longid ; ad_name=event ; campaign_name=event ; form_name=word
platform=word ; full_name=full ; email=email ; phone_number=e164 ; city=city ; zip_code=zip

linkedin_connections | en it
First Name=first ; Last Name=last ; URL=linkedin>linkedin|- ; Email Address=email ; Company=company ; Position=title
Connected On=day

thunderbird_address_book | de fr
First Name=first ; Last Name=last ; Display Name=full ; Nickname=nick ; Primary Email=email
Secondary Email=email2 ; Screen Name=blank ; Work Phone=phone2 ; Home Phone=phone2 ; Fax Number=fax
Mobile Number=mixed ; Home Address=street ; Home City=city ; Home State=state ; Home ZipCode=zip
Home Country=country ; Job Title=title ; Organization=company ; Notes=note

planning_center | en
Person ID=id ; Nickname=nick ; First Name=first ; Last Name=last ; Gender=gender ; Birthdate=dobus ; Membership=word
Home Address Street Line 1=street ; Home Address City=city ; Home Address State=state ; Home Address Zip=zip
Mobile Phone Number=phone ; Home Email=email ; Campus=word

breeze_church | en ht
Breeze ID=id ; First Name=first ; Last Name=last ; Maiden Name=otherlast>- ; Family=last>-|last_name
Family Role=word ; Mobile=phone ; Home=phone2 ; Work=phone2 ; Email=email ; Street Address=street ; City=city
State=state ; Zip=zip ; Birthdate=dobus ; Age=age

team_snap | en
First Name=first ; Last Name=last ; Is Non-player=truefalse ; Jersey Number=count ; Position=word>-|title
Contact 1 Email=email>-|email ; Birthday=dobus ; Gender=gender ; Email 1=email ; Phone 1=dash ; Address=street
City=city ; State=state ; Zip=zip

patreon_members | en
Name=full ; Email=email ; Discord=handle ; Patron Status=word ; Follows You=yesno ; Lifetime Amount=money
Pledge Amount=money ; Tier=ticket ; Addressee=full>-|full_name ; Street=street ; City=city ; State=state ; Zip=zip
Country=country ; Phone=phone2 ; Patronage Since Date=moment ; User ID=id

change_org_petition | en es
Name=full ; City=city ; State=statename ; Postal Code=zip ; Country=country ; Signed On=day ; Reason=note
Email=email ; Opted in=emailok>email_consent|-

xero_contacts | en
*ContactName=full ; AccountNumber=code ; EmailAddress=email ; FirstName=first ; LastName=last
POAttentionTo=blank ; POAddressLine1=street>address|- ; POCity=city>city|- ; PORegion=state>state|-
POPostalCode=zip>zip|- ; POCountry=country>country|- ; PhoneNumber=mixed ; FaxNumber=fax ; MobileNumber=phone2

county_supervisor_file | en
Voter ID=id ; Name Last=last ; Name First=first ; Name Middle=middle ; Name Suffix=suffix
Residence Address Line 1=street ; Residence Address Line 2=unit ; Residence City=city ; Residence Zipcode=zip
Birth Date=dobus ; Party Affiliation=party ; Daytime Phone Number=digits ; Email Address=email ; Gender=sex
Registration Date=dayus

library_friends | en
Patron=lastfirst ; Card No.=longid ; Street=street ; City/Town=city ; ST=state ; Zip+4=zip9 ; Tel.=dash ; E-mail=email
Expires=dayus ; Friend level=ticket

rotary_roster | en
Member=lastfirst>full_name ; Classification=title>title|- ; Business=company ; Bus. Phone=phone2
Res. Phone=phone2 ; Cell=dash ; E-mail=email ; Spouse/Partner=otherfull ; Birthday (m/d)=monthday>-|birth_date
Joined=dayus

padron_municipal_es | es
Nº orden=smallid ; Primer apellido=last>last_name ; Segundo apellido=otherlast>- ; Nombre=first
Fecha nac.=dobeuslash ; Sexo=sex ; Domicilio=streetunit ; Municipio=city ; CP=zip ; Tfno. móvil=digits
Correo-e=email

inscripcion_taller_es | es
Marca de tiempo=moment ; Nombre completo=full ; Número de WhatsApp=mixed ; Dirección de correo electrónico=email
Edad=age ; Barrio=county>- ; ¿Autoriza recibir mensajes de texto?=sino>sms_consent ; Comentarios=note

clientes_es | es
Código cliente=code ; Razón social=company ; Persona de contacto=full ; Teléfono 1=dash ; Teléfono 2=phone2
Email=email ; Dirección=street ; Población=city ; Provincia=statename ; Código postal=zip ; Saldo=money

adherents_parti_fr | fr
Civilité=prefix ; Nom de famille=last ; Prénom=first ; Né(e) le=dobeuslash ; Adresse=frstreet ; CP=frzip
Commune=frcity ; Tél. mobile=dots ; Adresse électronique=email ; Date d'adhésion=day ; Cotisation réglée=yesno

inscriptions_fr | fr
Horodateur=moment ; Nom et prénom=lastfirst>full_name ; Mail=email ; N° de téléphone=dots ; Ville=frcity
J'accepte de recevoir des courriels=ouinon ; Profession=title ; Remarques=note

carnet_adresses_fr | fr
Nom complet=full ; Société=company ; Fonction=title ; Rue=frstreet ; Code postal=frzip ; Localité=frcity
Pays=country ; Téléphone professionnel=phone2 ; Portable=dots ; E-mail=email ; Anniversaire=dob>-|birth_date

clientes_loja_pt | pt
Código=smallid ; Nome completo=full ; CPF=longid ; Data de nascimento=dobeuslash ; Telefone fixo=phone2
Celular/WhatsApp=digits ; E-mail=email ; Endereço=street ; Bairro=county>- ; Cidade=city ; UF=state ; CEP=zip
Última compra=day

voluntarios_pt | pt
Carimbo de data/hora=moment ; Nome=first>first_name|full_name ; Sobrenome=last ; Telefone=mixed
Endereço de e-mail=email ; Cidade=city ; Como soube de nós?=word ; Aceita receber SMS?=simnao

gemeinde_de | de
lfd. Nr.=smallid ; Anrede=prefix ; Titel=blank ; Nachname=last ; Vorname=first ; Strasse=destreet ; PLZ=deplz
Wohnort=decity ; Telefon privat=mixed ; Handy=phone2 ; E-Mail-Adresse=email ; Geb.-Datum=dobeu ; Konfession=word

spendenquittung_de | de
Spendernr.=id ; Name, Vorname=lastfirst>full_name ; Straße und Hausnummer=destreet ; Postleitzahl=deplz ; Stadt=decity
Land=country ; Mail=email ; Betrag=amount ; Datum=dobeu>- ; Einwilligung E-Mail=janein

kliyan_ht | ht
Nimewo=smallid ; Non konplè=full ; Telefòn=mixed ; Imel=email ; Adrès=streetunit ; Vil=city ; Eta=state ; Zip=zip
Dat nesans=dobus ; Travay=title ; Aksepte mesaj tèks=wino

anagrafe_it | it
N. tessera=smallid ; Cognome=last ; Nome=first ; Data di nascita=dobeuslash ; Sesso=sex ; Indirizzo=street
CAP=zip ; Comune=city ; Prov.=state ; Cellulare=digits ; Telefono fisso=phone2 ; Email=email ; Quota=money

iscrizioni_evento_it | it
Informazioni cronologiche=moment ; Nome e cognome=full ; Indirizzo email=email ; Numero di telefono=mixed ; Città=city
Consenso newsletter=sino>email_consent|- ; Note=note

bilingual_intake | en es
First Name / Primer nombre=first ; Last Name / Apellido=last ; Cell phone / Celular=mixed
E-mail / Correo electrónico=email ; ZIP / Código postal=zip ; Date of birth / Fecha de nacimiento=dobus
Preferred language / Idioma=lang

tri_lingual_clinic | en es ht
Patient name / Nombre / Non=full>full_name|- ; Phone / Teléfono / Telefòn=phone ; Address / Dirección / Adrès=streetunit
City=city ; State=state ; Zip=zip ; Interpreter?=yesno

one_word_headers | en
Given=first ; Surname=last ; Mail=email>email|- ; Tel=dash ; Town=city ; Post=zip>-|zip ; Born=dob
Works=company>-|company

campaign_yard_signs | en
Date requested=dayus ; Requested by=full>full_name|- ; Best phone=mixed ; Best email=email
Sign location=fulladdr>full_address|-|address ; Delivered?=yesno ; Volunteer assigned=otherfull>-
"""
