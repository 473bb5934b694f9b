"""Forty short texts of a coffee company, in English and Indonesian, and sixty questions with what answers each."""

TEXTS: dict[str, str] = {
    "Warranty of grinders": (
        "Every hand grinder carries a guarantee of twenty-four months from the day of purchase. Broken burrs "
        "are replaced free of charge; scratches on the housing are not covered."
    ),
    "Returning goods": (
        "Customers may send back unopened bags within fourteen days. We refund the price to the card that was"
        " used, but not the postage. Opened coffee cannot be returned."
    ),
    "Shipping abroad": (
        "Parcels to Singapore and Malaysia take three to five working days. For Europe we hand over to the "
        "postal service, and customs duties are paid by the receiver."
    ),
    "Opening hours": (
        "The shop in Bandung opens at seven in the morning and closes at nine in the evening. On Fridays it "
        "is closed between half past eleven and one for prayers."
    ),
    "Roasting profile Gayo": (
        "Charge the drum at 195 degrees. First crack comes after nine minutes; drop the beans one minute and "
        "forty seconds later. Let them rest for five days before cupping."
    ),
    "Roasting profile Toraja": (
        "Toraja beans are denser. Start at 205 degrees with less air, and stretch the drying phase to six "
        "minutes. The body turns syrupy when development reaches twenty percent."
    ),
    "Water for brewing": (
        "Hardness should lie between 50 and 100 milligrams of calcium carbonate a litre. Distilled water "
        "tastes flat and corrodes boilers; use a mineral cartridge instead."
    ),
    "Cleaning the espresso machine": (
        "Backflush with detergent every evening, and rinse five times. Descale the boiler every three months;"
        " milk residue on the steam wand is wiped off at once."
    ),
    "Allergy notice": (
        "Oat drink contains gluten. Our brownies are baked with hazelnuts, and traces of peanut cannot be "
        "ruled out. Ask the staff for the list of ingredients."
    ),
    "Salary and overtime": (
        "Wages are paid on the twenty-fifth. Overtime counts from the forty-first hour and earns one and a "
        "half times the usual rate; on public holidays it is doubled."
    ),
    "Annual leave": (
        "After twelve months of service every employee has twelve days of paid holiday. Days that are not "
        "taken expire at the end of March of the following year."
    ),
    "Sick notes": (
        "Whoever falls ill tells the shift leader before six in the morning. From the second day on a "
        "certificate from a doctor is needed."
    ),
    "Fire drill": (
        "When the alarm sounds, leave through the nearest marked exit and gather at the parking lot. Do not "
        "use the lift. The warden counts everybody present."
    ),
    "Password rules": (
        "Accounts are protected by a passphrase of at least fourteen characters and a second factor. Never "
        "share codes by telephone; report phishing to the help desk."
    ),
    "Backup of the till": (
        "The cash register copies its journal to the server each night at two. Restoring takes twenty "
        "minutes: choose the date in the menu Recovery and confirm with the manager's card."
    ),
    "Error E42 of the printer": (
        "Code E42 means that the paper is jammed behind the cutter. Open the lid, pull the sheet upwards and "
        "close it until it clicks. If E42 stays, replace the sensor PRX-7731."
    ),
    "Website address": (
        "The web shop runs on checkoutService version 3.2. The function getShippingRate reads the weight in "
        "grams and returns the price in rupiah."
    ),
    "Contract with Ketiara": (
        "The cooperative Ketiara delivers 4.5 tonnes of green beans a year. Either side may end the agreement"
        " with notice of ninety days. The price is fixed in dollars."
    ),
    "Insurance of the warehouse": (
        "The policy covers flood, burglary and short circuits up to two billion rupiah. Damage must be "
        "reported within three days with photographs."
    ),
    "Tasting workshop": (
        "Every second Saturday up to ten guests compare four origins by smell and flavour. A seat costs "
        "150,000 rupiah and includes a bag of beans to take home."
    ),
    "Garansi mesin": (
        "Mesin espresso bergaransi dua tahun. Kerusakan akibat kerak kapur tidak ditanggung. Simpan nota "
        "pembelian sebagai bukti."
    ),
    "Pengiriman barang": (
        "Pesanan dikirim setiap hari kerja sebelum pukul tiga sore. Ongkos kirim ke luar Jawa dihitung "
        "menurut berat, dan nomor resi dikirimkan lewat surel."
    ),
    "Cuti melahirkan": (
        "Karyawati berhak atas cuti melahirkan selama tiga bulan dengan upah penuh. Permohonan diajukan "
        "sebulan sebelumnya kepada bagian personalia."
    ),
    "Jadwal piket": (
        "Petugas piket membersihkan lantai, membuang ampas kopi, dan mengunci pintu belakang. Jadwal ditempel"
        " di papan dekat dapur."
    ),
    "Keluhan pelanggan": (
        "Tanggapi keluhan dalam satu hari. Minta maaf, tawarkan minuman pengganti, lalu catat kejadian di "
        "buku besar supaya tidak terulang."
    ),
    "Panen kopi Gayo": (
        "Petani memetik ceri merah dari September sampai Desember. Ceri direndam, buah yang mengapung "
        "dibuang, lalu biji dijemur selama dua pekan."
    ),
    "Penyimpanan biji": (
        "Simpan biji hijau pada suhu dua puluh derajat dan kelembapan enam puluh persen. Karung tidak boleh "
        "menyentuh dinding agar tidak berjamur."
    ),
    "Pajak penjualan": (
        "Penjualan di kedai dikenai pajak daerah sepuluh persen. Laporan disetorkan paling lambat tanggal "
        "lima belas bulan berikutnya."
    ),
    "Izin usaha": (
        "Kedai wajib memiliki nomor induk berusaha dan sertifikat halal. Keduanya diperpanjang setiap lima "
        "tahun di kantor pelayanan terpadu."
    ),
    "Resep kopi susu": (
        "Campurkan dua sloki espresso, seratus lima puluh mililiter susu segar, dan dua sendok gula aren "
        "cair. Sajikan dengan es batu."
    ),
    "Pelatihan barista": (
        "Calon barista berlatih selama enam pekan: menyeduh, menakar, dan melukis busa susu. Ujian akhir "
        "dinilai oleh dua penguji."
    ),
    "Keselamatan kerja": (
        "Pakai sarung tangan ketika menuang biji panas. Tabung pemadam diperiksa setiap enam bulan dan "
        "diletakkan di samping mesin sangrai."
    ),
    "Promo ulang tahun": (
        "Pelanggan yang berulang tahun mendapat potongan dua puluh lima persen dengan menunjukkan kartu "
        "anggota. Promo tidak berlaku untuk alat seduh."
    ),
    "Sewa tempat": (
        "Lantai atas dapat disewa untuk rapat hingga tiga puluh orang. Uang muka separuh harga dibayar "
        "seminggu sebelum acara."
    ),
    "Daur ulang ampas": (
        "Ampas kopi diolah menjadi pupuk dan dibagikan gratis setiap Minggu pagi. Bawalah wadah sendiri."
    ),
    "Gaji pokok": (
        "Gaji dibayarkan setiap tanggal dua puluh lima. Lembur dihitung mulai jam keempat puluh satu dengan "
        "tarif satu setengah kali."
    ),
    "Kebijakan privasi": (
        "Data pelanggan disimpan selama dua tahun dan tidak dijual kepada pihak lain. Siapa pun boleh meminta"
        " datanya dihapus."
    ),
    "Jaringan nirkabel": (
        "Kata sandi jaringan tamu diganti setiap Senin dan tercetak pada struk. Kecepatannya dibatasi sepuluh megabit."
    ),
    "Menu sarapan": (
        "Bubur ayam, roti bakar srikaya, dan telur setengah matang disajikan sampai pukul sepuluh. Pilihan "
        "tanpa daging tersedia."
    ),
    "Parkir sepeda": (
        "Sepeda diparkir di halaman samping, gratis bagi tamu. Gembok dapat dipinjam di kasir dengan "
        "menitipkan kartu pengenal."
    ),
}
QUESTIONS: list[tuple[str, str]] = [
    ("How long is the guarantee of a hand grinder?", "Warranty of grinders"),
    ("Are scratches covered?", "Warranty of grinders"),
    ("Can I send back an opened bag of coffee?", "Returning goods"),
    ("Within how many days are returns accepted?", "Returning goods"),
    ("How many days does a parcel to Singapore take?", "Shipping abroad"),
    ("Who pays customs duties in Europe?", "Shipping abroad"),
    ("When does the shop close in the evening?", "Opening hours"),
    ("Is the shop open on Fridays at noon?", "Opening hours"),
    ("At which temperature do I charge the drum for Gayo?", "Roasting profile Gayo"),
    ("When does the first crack come?", "Roasting profile Gayo"),
    ("How do I roast dense beans from Toraja?", "Roasting profile Toraja"),
    ("What should the hardness of water be?", "Water for brewing"),
    ("Why not brew with distilled water?", "Water for brewing"),
    ("How often is the boiler descaled?", "Cleaning the espresso machine"),
    ("backflushing with detergents", "Cleaning the espresso machine"),
    ("Is there gluten in the oat drink?", "Allergy notice"),
    ("Do brownies contain nuts such as hazelnut?", "Allergy notice"),
    ("What is paid for overtime on holidays?", "Salary and overtime"),
    ("How many days of paid holiday does an employee have?", "Annual leave"),
    ("When do days of leave that were not taken expire?", "Annual leave"),
    ("Do I need a doctor's certificate when I am ill?", "Sick notes"),
    ("Where do we gather when the fire alarm sounds?", "Fire drill"),
    ("How long must a passphrase be?", "Password rules"),
    ("To whom do I report phishing?", "Password rules"),
    ("How do I restore the cash register's journal?", "Backup of the till"),
    ("What does E42 mean?", "Error E42 of the printer"),
    ("prx-7731", "Error E42 of the printer"),
    ("what does get shipping rate return", "Website address"),
    ("checkoutservice", "Website address"),
    ("What notice ends the agreement with the cooperative?", "Contract with Ketiara"),
    ("How many tonnes of green beans are delivered?", "Contract with Ketiara"),
    ("Does the policy cover floods?", "Insurance of the warehouse"),
    ("What does a seat in the tasting cost?", "Tasting workshop"),
    ("Berapa lama garansi mesin espresso?", "Garansi mesin"),
    ("Apakah kerak kapur ditanggung garansi?", "Garansi mesin"),
    ("Kapan pesanan dikirimkan?", "Pengiriman barang"),
    ("Bagaimana menghitung ongkos kirim ke luar Jawa?", "Pengiriman barang"),
    ("Berapa bulan cuti untuk karyawati yang melahirkan?", "Cuti melahirkan"),
    ("Kepada siapa mengajukan permohonan cuti?", "Cuti melahirkan"),
    ("Siapa yang mengunci pintu belakang?", "Jadwal piket"),
    ("Bagaimana menanggapi pelanggan yang mengeluh?", "Keluhan pelanggan"),
    ("Kapan petani memanen ceri?", "Panen kopi Gayo"),
    ("Berapa lama biji dijemur?", "Panen kopi Gayo"),
    ("Pada suhu berapa biji hijau disimpan?", "Penyimpanan biji"),
    ("Bagaimana supaya karung tidak jamuran?", "Penyimpanan biji"),
    ("Kapan laporan pajak harus disetor?", "Pajak penjualan"),
    ("Apakah kedai perlu sertifikat halal?", "Izin usaha"),
    ("Berapa banyak gula aren di kopi susu?", "Resep kopi susu"),
    ("Cara membuat kopi susu", "Resep kopi susu"),
    ("Berapa lama pelatihan calon barista?", "Pelatihan barista"),
    ("Kapan tabung pemadam diperiksa?", "Keselamatan kerja"),
    ("Berapa potongan harga saat ulang tahun?", "Promo ulang tahun"),
    ("Bisakah menyewa lantai atas untuk rapat?", "Sewa tempat"),
    ("Berapa uang muka sewa?", "Sewa tempat"),
    ("Di mana mendapat pupuk dari ampas kopi?", "Daur ulang ampas"),
    ("Tanggal berapa gaji dibayar?", "Gaji pokok"),
    ("Bolehkah pelanggan minta data mereka dihapus?", "Kebijakan privasi"),
    ("Apa kata sandi wifi tamu?", "Jaringan nirkabel"),
    ("Sampai pukul berapa bubur ayam disajikan?", "Menu sarapan"),
    ("Apakah gembok sepeda bisa dipinjam?", "Parkir sepeda"),
]
