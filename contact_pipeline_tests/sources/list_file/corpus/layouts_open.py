"""The open half of the corpus: layouts that the mapping may be tuned on. Only layouts belong here."""

from __future__ import annotations

from contact_pipeline_tests.sources.list_file.corpus.layouts import Layout, read_layouts


def open_layouts() -> list[Layout]:
    """The layouts of the open half."""
    return read_layouts(TEXT)


TEXT = """
givebutter_export_2026 | en es
Givebutter Contact ID=id ; Contact External ID=code ; Contact Since=moment ; Prefix=prefix ; First Name=first
Preferred First Name=nick ; Middle Name=middle ; Last Name=last ; Suffix=suffix ; Date of Birth=dob ; Gender=gender
Pronouns=blank ; Employer=company ; Title=title ; Primary Email=email ; Additional Emails=email2
Primary Phone=e164
Additional Phones=phone2 ; Address Line 1=street ; Address Line 2=unit ; City=city ; State=state ; Postal Code=zip
Country=cc ; Additional Addresses=blank ; Website=url ; Twitter=handle ; LinkedIn=linkedin ; Facebook=blank
TikTok=blank ; Instagram=handle ; Recurring Contributions=amount ; Total Contributions=money
Last Donation Amount=amount ; Total Soft Credits=amount ; Engage Email Subscribed=emailok
Engage SMS Subscribed=smsok ; Engage Mail Subscribed=mailok ; Tags=tags ; Notes=note2 ; Household ID=smallid
Household=blank ; Household Primary Contact=yesno ; Date Created (UTC)=moment ; Last Modified (UTC)=moment

mailchimp_subscribed | en fr
Email Address=email ; First Name=first ; Last Name=last ; Address=fulladdr2>full_address|address
Phone Number=mixed
Birthday=monthday>-|birth_date ; MEMBER_RATING=count ; OPTIN_TIME=moment ; OPTIN_IP=ip ; CONFIRM_TIME=moment
CONFIRM_IP=ip ; LATITUDE=lat ; LONGITUDE=lon ; GMTOFF=count ; DSTOFF=count ; TIMEZONE=zone ; CC=cc>-|country
REGION=state>-|state ; LAST_CHANGED=moment ; LEID=id ; EUID=recid ; NOTES=note ; TAGS=tags

action_network_activists | en es ht
email=email ; first_name=first ; last_name=last ; zip_code=zip ; can2_user_address=street ; can2_user_city=city
can2_state_abbreviated=state ; country=cc ; can2_phone=digits ; can2_sms_status=subscribed>sms_consent
can2_subscription_status=subscribed ; can2_user_tags=tags ; created_at=momentz ; uuid=uuid ; language=lang
source=word

nationbuilder_people | en
nationbuilder_id=smallid ; prefix=prefix ; first_name=first ; middle_name=middle ; last_name=last ; suffix=suffix
email1=email ; email1_is_bad=truefalse ; email2=email2 ; phone_number=dash ; mobile_number=phone2
is_mobile_bad=truefalse ; work_phone_number=phone2 ; do_not_call=truefalse ; do_not_contact=allout
email_opt_in=emailoktf ; mobile_opt_in=smsok ; employer=company ; occupation=title ; sex=sex ; born_at=dob
primary_address1=street ; primary_address2=unit ; primary_city=city ; primary_state=state ; primary_zip=zip
primary_country_code=cc ; tag_list=tags ; party=party ; precinct_name=precinct ; donations_amount_in_cents=count
recruiter_id=smallid ; created_at=moment

actblue_contributions | en es
Receipt ID=code ; Date=moment ; Amount=amount ; Recurring Total Months=count ; Recurrence Number=count
Recipient=event ; Fundraising Page=url ; Fundraising Partner=blank ; Reference Code=code ; Donor First Name=first
Donor Last Name=last ; Donor Addr1=street ; Donor Addr2=blank ; Donor City=city ; Donor State=state ; Donor ZIP=zip
Donor Country=country ; Donor Occupation=title ; Donor Employer=company ; Donor Email=email ; Donor Phone=digits
New Express Signup=yesno ; Comments=note ; Check Number=blank ; Employer Addr1=otherstreet ; Employer City=othercity
Employer State=otherstate ; Employer ZIP=otherzip ; Employer Country=othercountry ; Donor ID=id
Payment ID=id ; Card Type=word ; Text Message Opt In=smsok

winred_donations | en
Transaction ID=longid ; Transaction Date=dayus ; First Name=first ; Last Name=last ; Email=email ; Phone=digits
Mailing Address 1=street ; Mailing Address 2=blank ; Mailing City=city ; Mailing State=state ; Mailing ZIP=zip9
Employer=company ; Occupation=title ; Amount ($)=money ; Recurring?=yesno ; Source Code=word

google_contacts | en it
Name=full ; Given Name=first ; Additional Name=blank ; Family Name=last ; Yomi Name=blank ; Name Prefix=prefix
Name Suffix=suffix ; Nickname=nick ; Birthday=dob ; Gender=blank ; Notes=note ; Group Membership=tags>-|tags
E-mail 1 - Type=kindofemail ; E-mail 1 - Value=email ; E-mail 2 - Type=blank ; E-mail 2 - Value=email2
Phone 1 - Type=kindofphone ; Phone 1 - Value=mixed ; Phone 2 - Type=kindofphone ; Phone 2 - Value=phone2
Address 1 - Type=kindofphone ; Address 1 - Formatted=fulladdr2 ; Address 1 - Street=street ; Address 1 - City=city
Address 1 - Region=state ; Address 1 - Postal Code=zip ; Address 1 - Country=cc ; Organization 1 - Name=company
Organization 1 - Title=title ; Website 1 - Value=url

outlook_contacts | en de
Title=prefix ; First Name=first ; Middle Name=middle ; Last Name=last ; Suffix=suffix ; Company=company
Department=blank ; Job Title=title ; Business Street=otherstreet ; Business City=othercity
Business State=otherstate ; Business Postal Code=otherzip ; Home Street=street ; Home City=city ; Home State=state
Home Postal Code=zip ; Home Country/Region=country ; Business Fax=fax ; Business Phone=phone2 ; Home Phone=phone2
Mobile Phone=phone ; Birthday=dobus ; E-mail Address=email ; E-mail Type=word ; E-mail 2 Address=email2
Spouse=otherfull ; Web Page=url ; Notes=note

shopify_customers | en
Customer ID=longid ; First Name=first ; Last Name=last ; Email=email ; Accepts Email Marketing=emailok
Default Address Company=company ; Default Address Address1=street ; Default Address Address2=unit
Default Address City=city ; Default Address Province Code=state ; Default Address Country Code=cc
Default Address Zip=zip ; Default Address Phone=phone2 ; Phone=e164 ; Accepts SMS Marketing=smsok
Total Spent=amount ; Total Orders=count ; Note=note ; Tax Exempt=yesno ; Tags=tags

square_directory | en
Reference ID=code ; First Name=first ; Last Name=last ; Email Address=email ; Phone Number=e164 ; Nickname=blank
Company Name=company ; Street Address 1=street ; Street Address 2=unit ; City=city ; State=state ; Postal Code=zip
Birthday=dob ; Memo=note ; Email Subscription Status=subscribed ; Creation Source=word ; First Visit=day
Last Visit=day ; Transaction Count=count ; Total Spend=money

eventbrite_attendees | en es
Order #=longid ; Order Date=moment ; First Name=first ; Last Name=last ; Email=email ; Quantity=count
Price Tier=ticket ; Ticket Type=ticket ; Attendee #=longid ; Attendee Status=word ; Home Phone=phone2
Cell Phone=dash ; Home Address 1=street ; Home Address 2=unit ; Home City=city ; Home State=state ; Home Zip=zip
Home Country=cc ; Job Title=title ; Company=company ; Total Paid=amount ; Currency=currency ; Event Name=event

jotform_csv | es ht
Submission Date=moment ; First Name=first ; Last Name=last ; E-mail=email ; Phone Number=phone
Street Address=street
Street Address Line 2=unit ; City=city ; State / Province=statename ; Postal / Zip Code=zip ; Birth Date=dobus
How did you hear about us?=word ; T-Shirt Size=shirt ; Which shifts can you take?=shift ; Comments=note2
Submission ID=longid ; Submission IP=ip

airtable_view | en
Record ID=recid ; Full Name=full ; Email=email ; Phone=phone ; Status=word ; Assigned To=otherfull
Tags=tags ; City=city ; ZIP=zip ; Last Modified=momentz ; LinkedIn Profile=linkedin ; Notes=note

i360_like | en
svid=id ; uid=code ; household_id=code ; first_name=first ; middle_name=middle ; last_name=last ; name_suffix=suffix
gender=sex ; date_of_birth=dob ; age=age ; race=count ; address=street ; address_line_2=unit ; city=city
state=state
zip=zip ; zip_plus_4=precinct ; county=county ; mailing_address=blank ; mailing_city=blank ; mailing_state=blank
mailing_zip=blank ; latitude=lat ; longitude=lon ; cell_phone=digits ; landline_phone=phone2 ; do_not_call=yesno
email=email2 ; email_mydata=email2 ; registered_party=party ; voter_status=word ; registration_date=day
precinct=precinct ; congressional_district=count ; general_2024=yesno ; turnout_score=score

listomatic_like | es fr
id=recid ; external_ref=blank ; full_name=lastfirst ; email_address=upemail ; primary_phone=dots
segments=tags>-|tags
engagement_score=score ; created_at=momentz ; updated_at=momentz ; deleted_at=blank

plain_three | en
Name=full ; Email=email ; Phone=phone

plain_upper | en es
FIRST NAME=first ; LAST NAME=last ; EMAIL=email ; CELL=dash ; ZIP=zip

snake_case_crm | en
contact_first_name=first ; contact_last_name=last ; contact_email=email ; contact_mobile=e164 ; contact_id=uuid
created_date=day ; lead_source=word ; owner_name=otherfull ; opt_out=emailout>email_opt_out|do_not_contact
address_street=street
address_city=city ; address_state=state ; address_zip=zip

camel_case_api | en it
firstName=first ; lastName=last ; emailAddress=email ; mobilePhone=e164 ; dateOfBirth=dob ; streetAddress=street
cityName=city ; stateCode=state ; postalCode=zip ; countryCode=cc ; isActive=truefalse ; createdAt=momentz
jobTitle=title ; companyName=company

sign_in_sheet | en es
#=smallid ; Print Name=mixedfull ; Email (please print)=email ; Best Phone #=mixed ; Zip=zip ; Can volunteer?=yesno

church_directory | es
Family Name=last ; Given Name=first ; Spouse Name=otherfirst ; Home Address=streetunit ; City=city ; ST=state
Zip Code=zip
Home Ph.=phone2 ; Cell Ph.=dash ; E-Mail=email ; Wedding Anniversary=day

gala_guests | en
Guest=full ; Table #=count ; Meal Choice=word ; Guest Email=email ; Host Name=otherfull ; Host Email=otheremail
Host Phone=otherphone ; RSVP=yesno

spanish_volunteers | es
Nombre=first ; Apellidos=last ; Correo electrónico=email ; Teléfono=mixed ; Dirección=street ; Ciudad=city
Estado=state ; Código postal=zip ; Fecha de nacimiento=dobus ; ¿Acepta correos?=sino ; Comentarios=note

spanish_full_name | es
Nombre completo=full ; Correo=email ; Celular=digits ; Teléfono de casa=phone2 ; Código Postal=zip ; Sexo=sex
Empresa=company ; Cargo=title

spanish_two_surnames | es
Primer nombre=first ; Segundo nombre=middle ; Apellido=last ; Móvil=dash ; Email=email ; Municipio=city
Etiquetas=tags ; Monto=money ; Fecha=dayus

french_membership | fr
Nom=last ; Prénom=first ; Courriel=email ; Téléphone=mixed ; Adresse=frstreet ; Code postal=frzip ; Ville=frcity
Pays=blank ; Date de naissance=dobeuslash ; Abonné=ouinon ; Remarques=note

french_contacts | fr ht
Nom complet=full ; Adresse e-mail=email ; Portable=dots ; Téléphone fixe=phone2 ; Entreprise=company
Fonction=title
Civilité=prefix ; Montant du don=amount ; Désabonné=emailout>email_opt_out|do_not_contact

portuguese_supporters | pt
Nome=first ; Sobrenome=last ; E-mail=email ; Telefone=mixed ; Celular=phone2 ; Endereço=street ; Cidade=city
Estado=state ; CEP=zip ; Data de nascimento=dobeuslash ; Aceita SMS=simnao ; Observações=note

portuguese_full | pt
Nome completo=full ; Correio eletrônico=email ; Telemóvel=digits ; Empresa=company ; Profissão=title ; Sexo=sex
Valor=amount

german_newsletter | de
Vorname=first ; Nachname=last ; E-Mail-Adresse=email ; Telefon=mixed ; Straße=destreet ; PLZ=deplz ; Ort=decity
Geburtsdatum=dobeu ; Newsletter=janein ; Anrede=prefix ; Bemerkungen=note

german_donors | de
Name=full ; Mail=email ; Handy=digits ; Spende=amount ; Spendendatum=dobeu>- ; Land=blank ; Firma=company
Kundennummer=smallid

haitian_signups | ht
Non=first ; Siyati=last ; Imèl=email ; Telefòn=mixed ; Adrès=street ; Vil=city ; Eta=state ; Kòd postal=zip
Dat nesans=dobus ; Mesaj tèks=wino

italian_club | it
Nome=first ; Cognome=last ; Posta elettronica=email ; Cellulare=mixed ; Indirizzo=street ; Città=city
Provincia=state ; CAP=zip ; Data di nascita=dobeuslash ; Azienda=company ; Note=note

mixed_languages | es en
First Name=first ; Apellido=last ; Email=email ; Teléfono=mixed ; City / Ciudad=city ; Zip=zip ; Notas=note

bilingual_headers | es en
Name / Nombre=full ; Email / Correo=email ; Phone / Teléfono=mixed ; Address / Dirección=street
Can we text you? / ¿Podemos enviarle textos?=smsok

two_emails_two_phones | en
Full Name=full ; Personal Email=email ; Work Email=email2 ; Cell=dash ; Home=phone2 ; Work=phone2 ; Employer=company

one_address_cell | en
Name=full ; Address=fulladdr>address|full_address ; Phone=phone ; Email=email

two_numbers_a_cell | en es
Last=last ; First=first ; Phones=phones ; Emails=emails ; Notes=note

city_state_zip_cell | en
Last Name=last ; First Name=first ; Street=street ; City, State Zip=citystzip ; Phone=dash

typos_in_headers | en
Frist Name=first ; Last Nmae=last ; Emial=email ; Phone Numbr=dash ; Adress=street ; Citty=city ; Sate=state
Zipcode=zip

abbreviated | en
FName=first ; LName=last ; MI=middle ; Addr=street ; Cty=city ; ST=state ; ZIP5=zip ; Ph=dash ; EM=email ; DOB=dobus

polite_questions | en
What is your first name?=first ; What is your last name?=last ; What's the best email to reach you?=email
What's your cell phone number?=phone ; What city do you live in?=city ; Would you like to volunteer?=yesno
Anything else you'd like us to know?=note

parents_and_kids | en
Student First Name=first>-|first_name ; Student Last Name=last>-|last_name ; Parent Name=otherfull
Parent Email=otheremail
Parent Phone=otherphone ; Grade=count ; School=event

emergency_contact | en ht
First Name=first ; Last Name=last ; Mobile=dash ; Email=email ; Emergency Contact Name=otherfull
Emergency Contact Phone=otherphone ; Emergency Contact Email=otheremail ; Shirt Size=shirt

salesforce_report | en
Salutation=prefix ; First Name=first ; Last Name=last ; Account Name=company>-|company ; Title=title ; Email=email
Phone=phone ; Mobile=phone2 ; Mailing Street=street ; Mailing City=city ; Mailing State/Province=state
Mailing Zip/Postal Code=zip ; Mailing Country=country ; Email Opt Out=emailout ; Do Not Call=truefalse
Contact Owner=otherfull ; Contact ID=recid ; Last Activity=dayus

hubspot_export | en
Record ID=id ; First Name=first ; Last Name=last ; Email=email ; Phone Number=e164 ; Contact owner=otherfull
Associated Company=company>-|company ; Last Activity Date=moment ; Lead Status=word
Marketing contact status=word>-
Create Date=moment ; Unsubscribed from all email=emailoktf>email_opt_out ; Street Address=street ; City=city
State/Region=state ; Postal Code=zip

van_like | en
VANID=id ; LastName=last ; FirstName=first ; MiddleName=middle ; Suffix=suffix ; mAddress=blank ; mCity=blank
mState=blank
mZip5=blank ; Address=street ; City=city ; State=state ; Zip5=zip ; PreferredEmail=email ; Preferred Phone=digits
Cell Phone=phone2 ; Home Phone=phone2 ; Sex=sex ; Age=age ; Party=party ; PrecinctName=precinct ; DOB=dobus

mobilize_participants | en
signup created time=momentz ; first name=first ; last name=last ; email=email ; phone=digits ; zip=zip
event name=event
event title=event ; timeslot start=moment ; attended=truefalse ; sms opt in status=subscribed>sms_consent
utm_source=word
referrer name=otherfull ; referrer email=otheremail

paypal_donations | en de
Date=dayus ; Time=word ; TimeZone=zone ; Name=full ; Type=word ; Status=word ; Currency=currency ; Gross=amount
Fee=amount
Net=amount ; From Email Address=email ; To Email Address=otheremail ; Transaction ID=code
Shipping Address=fulladdr2>-|full_address|address
Address Line 1=street ; Town/City=city ; State/Province=state ; Zip/Postal Code=zip ; Country=country
Contact Phone Number=digits ; Note=note ; Balance=money

stripe_customers | en
id=recid ; Description=blank ; Email=email ; Name=full ; Created (UTC)=moment ; Delinquent=truefalse ; Card ID=recid
Card Last4=count ; Card Address Line1=street ; Card Address City=city ; Card Address State=state
Card Address Zip=zip ; Total Spend=amount ; Payment Count=count

unsubscribes_only | en
Email Address=email ; First Name=first ; Last Name=last ; UNSUB_TIME=outday>email_opt_out|do_not_contact
UNSUB_CAMPAIGN_TITLE=event
UNSUB_CAMPAIGN_ID=recid ; UNSUB_REASON=word ; LEID=id ; EUID=recid
"""
